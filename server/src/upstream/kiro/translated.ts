// Puts the translation around one request: the body on its way up, the event stream on its way down.

import { randomUUID } from 'node:crypto';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { sluiceError } from '../../core/model/error.ts';
import { isObject, type JsonObject, parseJson, textOf } from '../../core/model/json.ts';
import type { AnswerSink, OutboundRequest } from '../../exchange/ports.ts';
import { type AnswerWriter, answerWriter } from './answer.ts';
import { eventFrames } from './event-frames.ts';
import { kiroRequest } from './request.ts';

/** A request's body in Kiro's words, and who hears its answer. */
export interface Translated {
  readonly body: OutboundRequest['body'];
  answer(sink: AnswerSink): AnswerSink;
}

const codec: EventStreamCodec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

/** Translates a request. Its body is bytes that a conversion has written. */
export function translated(
  body: OutboundRequest['body'],
  profileArn: string | undefined,
): Promise<Translated> {
  const wire = bodyOf(body);
  const conversationId = randomUUID();
  const bytes = Buffer.from(JSON.stringify(kiroRequest(wire, { conversationId, profileArn })));
  const facts = { id: `msg_${randomUUID().replaceAll('-', '')}`, model: textOf(wire['model']) ?? '' };
  return Promise.resolve({
    body: { kind: 'bytes', parts: [bytes], length: bytes.length },
    answer: (sink) => translatingSink(sink, answerWriter(facts)),
  });
}

function bodyOf(body: OutboundRequest['body']): JsonObject {
  const text = body.kind === 'bytes' ? Buffer.concat(body.parts).toString('utf8') : '';
  const value = parseJson(text);
  if (!isObject(value)) throw new Error('the body of a generation is an object');
  return value;
}

/** Describes a body that is another one now. */
const OF_THE_BODY = /^(?:content-(?:type|length|encoding)|transfer-encoding)$/i;

/** Hears Kiro's stream, and tells it as a Messages stream. */
function translatingSink(sink: AnswerSink, writer: AnswerWriter): AnswerSink {
  const frames = eventFrames(codec);
  let over = false;
  const broken = (what: string): void => {
    over = true;
    const error = sluiceError('upstream_protocol', `Kiro sent an event stream that cannot be read: ${what}.`);
    sink.fail({ error, sent: true });
  };
  const write = (text: string): boolean => text === '' || sink.data(Buffer.from(text));
  return {
    ordinal: sink.ordinal,
    head: (status, headers) => {
      const kept: string[] = [];
      for (let i = 0; i + 1 < headers.length; i += 2)
        if (!OF_THE_BODY.test(headers[i] ?? '')) kept.push(headers[i] ?? '', headers[i + 1] ?? '');
      sink.head(status, [...kept, 'content-type', 'text/event-stream; charset=utf-8'], undefined);
    },
    data: (chunk) => {
      if (over) return true;
      const messages = frames.push(chunk);
      if (typeof messages === 'string') {
        broken(messages);
        return true;
      }
      return write(messages.map((message) => writer.message(message)).join(''));
    },
    end: () => {
      if (over) return;
      if (frames.pending > 0) {
        broken('it ends within a message');
        return;
      }
      write(writer.end());
      sink.end();
    },
    fail: (failure) => {
      if (!over) sink.fail(failure);
    },
  };
}
