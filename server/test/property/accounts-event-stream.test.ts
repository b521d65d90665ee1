// AWS event streams in any pieces: what is read does not depend on where the network has cut, and damage is never read
// over.

import { EventStreamCodec } from '@smithy/eventstream-codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenMask } from '../../src/upstream/credentials/token-mask.ts';
import { answerWriter } from '../../src/upstream/kiro/answer.ts';
import { type EventMessage, eventFrames } from '../../src/upstream/kiro/event-frames.ts';
import { encodedEvent, type KiroEvent } from '../kit/kiro-account.ts';

const codec: EventStreamCodec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const event: fc.Arbitrary<KiroEvent> = fc.oneof(
  text.map((content): KiroEvent => ['assistantResponseEvent', { content }]),
  fc
    .record({ toolUseId: fc.constantFrom('t1', 't2'), name: fc.constant('Read'), input: text })
    .map((payload): KiroEvent => ['toolUseEvent', payload]),
  fc.constant<KiroEvent>(['meteringEvent', { unit: 'credit', usage: 1 }]),
);
const cuts = fc.array(fc.nat(60), { maxLength: 60 });

/** Bytes in pieces of these lengths, the rest in one. */
function pieces(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const list: Buffer[] = [];
  let from = 0;
  for (const length of lengths) {
    list.push(bytes.subarray(from, from + length));
    from = Math.min(bytes.length, from + length);
  }
  return [...list, bytes.subarray(from)];
}

function readAll(chunks: readonly Buffer[]): {
  messages: EventMessage[];
  fault: string | undefined;
  pending: number;
} {
  const frames = eventFrames(codec);
  const messages: EventMessage[] = [];
  for (const chunk of chunks) {
    const found = frames.push(chunk);
    if (typeof found === 'string') return { messages, fault: found, pending: frames.pending };
    messages.push(...found);
  }
  return { messages, fault: undefined, pending: frames.pending };
}

describe('an AWS event stream', () => {
  it('2.7 gives the same messages whatever pieces it comes in', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), cuts, (events, lengths) => {
        const bytes = Buffer.concat(events.map(encodedEvent));
        const { messages, fault, pending } = readAll(pieces(bytes, lengths));
        expect([fault, pending]).toEqual([undefined, 0]);
        expect(messages.map(({ headers, payload }) => [headers[':event-type'], JSON.parse(payload)])).toEqual(
          events.map(([type, payload]) => [type, JSON.parse(JSON.stringify(payload))]),
        );
      }),
    );
  });

  it('2.7 with a changed byte is never read as if it were whole', () => {
    const one = fc.array(event, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(one, fc.nat(), fc.integer({ min: 1, max: 255 }), (events, place, change) => {
        const bytes = Buffer.concat(events.map(encodedEvent));
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ change;
        const { messages, fault, pending } = readAll([bytes]);
        expect(messages.length === events.length && fault === undefined && pending === 0).toBe(false);
      }),
    );
  });

  it('2.7 that is cut off is noticed, wherever that was', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 4 }), fc.nat(), (events, place) => {
        const frames = events.map(encodedEvent);
        const bytes = Buffer.concat(frames);
        const length = place % bytes.length;
        let end = 0;
        const edges = new Set([0, ...frames.map((frame) => (end += frame.length))]);
        const { pending } = readAll([bytes.subarray(0, length)]);
        expect(pending > 0).toBe(!edges.has(length));
      }),
    );
  });

  it('2.7 becomes a Messages stream that says every text in its order', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 12 }), cuts, (events, lengths) => {
        const writer = answerWriter({ id: 'msg_1', model: 'm' });
        const { messages } = readAll(pieces(Buffer.concat(events.map(encodedEvent)), lengths));
        const written = messages.map((message) => writer.message(message)).join('') + writer.end();
        const data = written
          .split('\n')
          .filter((line) => line.startsWith('data: '))
          .map(
            (line) =>
              JSON.parse(line.slice(6)) as { type: string; index?: number; delta?: { text?: string } },
          );
        const said = data.flatMap(({ type, delta }) =>
          type === 'content_block_delta' ? (delta?.text ?? '') : [],
        );
        const texts = events.flatMap(([type, payload]) =>
          type === 'assistantResponseEvent' ? (payload as { content: string }).content : '',
        );
        expect(said.join('')).toBe(texts.join(''));
        const begun = data.filter(({ type }) => type === 'content_block_start').map(({ index }) => index);
        const ended = data.filter(({ type }) => type === 'content_block_stop').map(({ index }) => index);
        expect(begun).toEqual(begun.map((_, index) => index));
        expect(ended).toEqual(begun);
      }),
    );
  });
});

describe('the mask of tokens', () => {
  it('2.7 stars a token out of any pieces and changes no length and nothing else', () => {
    const secret = 'eyJhbGciOi.SECRET';
    const word = fc.oneof(fc.constant(secret), fc.constant('eyJ'), fc.constant('eyJhbGciOi.'), text);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), cuts, (words, lengths) => {
        const bytes = Buffer.from(words.join(''));
        const mask = tokenMask([Buffer.from(secret)]);
        const shown = Buffer.concat([...pieces(bytes, lengths).map((chunk) => mask.push(chunk)), mask.end()]);
        const wanted = Buffer.from(
          bytes.toString('latin1').replaceAll(secret, '*'.repeat(secret.length)),
          'latin1',
        );
        expect(shown.equals(wanted)).toBe(true);
      }),
    );
  });
});
