// Converted answers of which one side is whole: a JSON answer for either kind of client, or a stream that is put together
// for a client that wants JSON.

import { convertBody, foldStream, streamBody } from '../../core/conversion/convert.ts';
import type { Framing } from '../../core/dialects/dialect.ts';
import type { SluiceError } from '../../core/model/error.ts';
import { unfold } from '../../core/model/unfold.ts';
import type { Receiver } from '../context.ts';
import { streamReply } from '../stream-reply.ts';
import { answered, type Converting } from './answered.ts';
import { convertedHeaders } from './headers.ts';
import { ANSWER_LIMIT_BYTES, receiveJson, sendJson, tooLarge } from './json-answer.ts';
import { AnswerNotes, answerFacts } from './notes.ts';
import { feedStream } from './relay-converted.ts';

/** Receives a complete JSON answer of a success status and converts it, as JSON or as a stream, as the client wants it. */
export function collectConverted(converting: Converting): Receiver {
  const { exchange, conversion, head, control } = converting;
  const notes = new AnswerNotes();
  const seen = answered(exchange, control, notes);
  const failed = (error: SluiceError): void =>
    control.settle({ kind: 'failed', error, committed: false, answer: undefined });

  const asStream = (wire: unknown): void => {
    let text = '';
    const write = (frame: string): void => {
      text += frame;
      exchange.continuation?.frames(frame);
    };
    const error =
      streamBody(conversion, answerFacts(exchange), exchange.framing, wire, write, seen.see) ?? notes.error;
    if (error !== undefined) {
      failed(error);
      return;
    }
    const reply = streamReply(exchange, head, control, true);
    reply.open(convertedHeaders(exchange, control.record, conversion.losses));
    reply.send(text);
    reply.end();
    seen.note();
    control.settle({ kind: 'answered' });
  };

  const asJson = (wire: unknown): void => {
    const answer = convertBody(conversion, answerFacts(exchange), wire);
    if ('code' in answer) {
      failed(answer);
      return;
    }
    unfold(answer.response, seen.see);
    seen.note();
    exchange.continuation?.body(answer.body);
    sendJson(converting, answer.body);
  };

  return receiveJson(control, exchange.peeked.stream ? asStream : asJson);
}

/** Receives the stream of a success status for a client that wants one JSON answer. */
export function foldConverted(converting: Converting, framing: Framing): Receiver {
  const { exchange, conversion, control } = converting;
  const notes = new AnswerNotes();
  const seen = answered(exchange, control, notes);
  let settled = false;
  let bytes = 0;
  let heard = false;
  let lingering = false;
  /** That one of several answers has finished says nothing of the others. */
  const several = (conversion.setting.request.sampling.n ?? 1) > 1;

  const failed = (error: SluiceError): void => {
    if (settled) return;
    settled = true;
    seen.note();
    control.settle({ kind: 'failed', error, committed: false, answer: undefined });
  };
  const stream = foldStream(
    conversion,
    answerFacts(exchange),
    (answer) => {
      if (settled) return;
      if ('code' in answer) {
        failed(answer);
        return;
      }
      settled = true;
      seen.note();
      exchange.continuation?.body(answer.body);
      sendJson(converting, answer.body);
    },
    (event) => {
      seen.see(event);
      if (heard || !notes.output) return;
      heard = true;
      control.output();
    },
  );
  const feed = feedStream(framing, stream, failed);
  return {
    data(chunk) {
      if (settled) return true;
      bytes += chunk.length;
      if (bytes > ANSWER_LIMIT_BYTES) failed(tooLarge());
      else feed.data(chunk);
      if (!settled && !lingering && stream.complete === true && !several) {
        lingering = true;
        control.linger(false);
      }
      return true;
    },
    end() {
      if (!settled) feed.end();
    },
    fail(error) {
      if (settled) return;
      if (notes.stopped || stream.complete === true) feed.end();
      else failed(error);
    },
    abandon() {
      settled = true;
      seen.note();
    },
  };
}
