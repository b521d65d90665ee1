// Reads an answer back from what the client was sent, in the client's own format, when it is complete: the relay is not
// held up by it, and it does not matter which way the answer has come.

import type { Dialect, Framing } from '../../core/dialects/dialect.ts';
import { readElements } from '../../core/json/array-blocks.ts';
import { createFold } from '../../core/model/fold.ts';
import { parseJson } from '../../core/model/json.ts';
import type { ChatResponse } from '../../core/model/response.ts';
import { readEvents } from '../../core/sse/parse.ts';
import type { SentAnswer } from './sheltering-reply.ts';

/** The answer; undefined for an error, and for what is no complete answer. */
export function readSent(
  dialect: Dialect,
  { status, pieces }: SentAnswer,
  stream: boolean,
  framing: Framing,
): ChatResponse | undefined {
  if (status !== 0 && status !== 200) return undefined;
  const body = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
  const read = stream
    ? readStream(dialect, body, framing)
    : dialect.codec.decodeResponse(parseJson(body.toString()));
  return read === undefined || 'code' in read ? undefined : read;
}

function readStream(
  dialect: Dialect,
  body: Buffer,
  framing: Framing,
): ReturnType<Dialect['codec']['decodeResponse']> | undefined {
  const answers: ReturnType<Dialect['codec']['decodeResponse']>[] = [];
  const decoder = dialect.codec.decodeStream(createFold(dialect.id, (answer) => answers.push(answer)));
  if (framing === 'sse') readEvents(body, ({ event, data }) => decoder.event(event, data));
  else readElements(body, (text) => decoder.event('', text));
  decoder.end();
  return answers[0];
}
