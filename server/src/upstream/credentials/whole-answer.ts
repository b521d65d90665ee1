// Takes a success whole and gives it on in other words.

import { sluiceError } from '../../core/model/error.ts';
import type { AnswerSink } from '../../exchange/ports.ts';
import { withHeaders } from './sent-headers.ts';

const LIMIT_BYTES = 8 * 1_048_576;
const OF_THE_BODY: ReadonlySet<string> = new Set(['content-length', 'content-type', 'content-encoding']);

/** A sink that gathers an answer and hands it on translated. */
export function wholeAnswer(sink: AnswerSink, translate: (body: string) => string): AnswerSink {
  let head: Parameters<AnswerSink['head']> = [502, [], undefined];
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    ordinal: sink.ordinal,
    head: (...told) => {
      head = told;
    },
    data: (chunk) => {
      size += chunk.length;
      if (size <= LIMIT_BYTES) chunks.push(chunk);
      return true;
    },
    end: () => {
      if (size > LIMIT_BYTES) {
        const error = sluiceError('upstream_too_large', 'The answer is larger than 8 MiB.');
        sink.fail({ error, sent: true });
        return;
      }
      const body = Buffer.from(translate(Buffer.concat(chunks).toString('utf8')));
      const [status, headers] = head;
      const type = ['content-type', 'application/json', 'content-length', String(body.length)];
      sink.head(status, withHeaders(headers, OF_THE_BODY, type), body.length);
      sink.data(body);
      sink.end();
    },
    fail: (failure) => sink.fail(failure),
  };
}
