// Messages of an AWS event stream out of bytes in any pieces. Each begins with its own length:
// https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-event-stream

import type { EventStreamCodec } from '@smithy/eventstream-codec';

/** A message: its text headers (":event-type", ":exception-type", …) and its payload. */
export interface EventMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

/** Takes bytes, gives messages. */
export interface EventFrames {
  /** The messages that are complete now; a text is what is wrong with the stream, which then cannot be read on. */
  push(chunk: Buffer): readonly EventMessage[] | string;
  /** Bytes of a message that has not come whole. */
  readonly pending: number;
}

/** Prelude (two lengths and a checksum) and the checksum at the end. */
const LEAST_BYTES = 16;
const MOST_BYTES = 16 * 1_048_576;

/** A reader of one stream. The codec checks both checksums. */
export function eventFrames(codec: Pick<EventStreamCodec, 'decode'>): EventFrames {
  let waiting: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
      const messages: EventMessage[] = [];
      while (waiting.length >= 4) {
        const length = waiting.readUInt32BE(0);
        if (length < LEAST_BYTES || length > MOST_BYTES) return 'a message has an impossible length';
        if (waiting.length < length) break;
        const message = decoded(codec, waiting.subarray(0, length));
        if (message === undefined) return 'a message is damaged';
        messages.push(message);
        waiting = waiting.subarray(length);
      }
      return messages;
    },
    get pending() {
      return waiting.length;
    },
  };
}

function decoded(codec: Pick<EventStreamCodec, 'decode'>, bytes: Buffer): EventMessage | undefined {
  try {
    const { headers, body } = codec.decode(bytes);
    const texts: Record<string, string> = {};
    for (const [name, { value }] of Object.entries(headers))
      if (typeof value === 'string') texts[name] = value;
    return { headers: texts, payload: Buffer.from(body).toString('utf8') };
  } catch {
    // The codec throws where a checksum is wrong.
    return undefined;
  }
}
