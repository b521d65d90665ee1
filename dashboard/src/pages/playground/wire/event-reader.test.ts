import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createEventReader,
  eventsText,
  looksLikeEvents,
  readEventStream,
  type WireEvent,
} from './event-reader.ts';

function read(pieces: readonly string[]): WireEvent[] {
  const events: WireEvent[] = [];
  const reader = createEventReader((event) => events.push(event));
  for (const piece of pieces) reader.push(piece);
  return events;
}

/** A text cut at these places. */
function cut(text: string, places: readonly number[]): string[] {
  const sorted = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((from, at) => text.slice(from, sorted[at] ?? text.length));
}

describe('server-sent events', () => {
  test('names and data are read, comments and unknown fields are passed over', () => {
    expect(
      read([': hello\nevent: message_start\nid: 7\nretry: 10\ndata: {"a":1}\n\ndata: [DONE]\n\n']),
    ).toEqual([
      { name: 'message_start', data: '{"a":1}' },
      { name: '', data: '[DONE]' },
    ]);
  });

  test('data of several lines are one text, and only one space after the colon is no part of it', () => {
    expect(read(['data: one\ndata:  two\ndata\n\n'])).toEqual([{ name: '', data: 'one\n two\n' }]);
  });

  test('what has no blank line after it is no event, and an event without data is none', () => {
    expect(read(['event: ping\n\ndata: cut off\n'])).toEqual([]);
  });

  const line = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, ''));
  const event = fc.record({
    name: line.map((name) => name.trim()),
    data: fc.array(line, { minLength: 1, maxLength: 3 }),
  });
  const stream = fc.record({
    events: fc.array(event, { maxLength: 6 }),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    places: fc.array(fc.nat(400), { maxLength: 12 }),
  });

  const written = (events: readonly { name: string; data: readonly string[] }[], end: string): string =>
    events
      .map(({ name, data }) =>
        [...(name === '' ? [] : [`event: ${name}`]), ...data.map((one) => `data: ${one}`), '', ''].join(end),
      )
      .join('');

  test('property: however a stream is cut and whatever ends its lines, its events are the same', () => {
    fc.assert(
      fc.property(stream, ({ events, end, places }) => {
        const expected = events.map(({ name, data }) => ({ name, data: data.join('\n') }));
        expect(read(cut(written(events, end), places))).toEqual(expected);
      }),
    );
  });

  test('property: bytes may be cut within a letter', async () => {
    await fc.assert(
      fc.asyncProperty(stream, async ({ events, end, places }) => {
        const bytes = new TextEncoder().encode(`\ufeff${written(events, end)}`);
        const borders = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
          (a, b) => a - b,
        );
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            for (const [at, from] of borders.entries())
              controller.enqueue(bytes.slice(from, borders[at + 1] ?? from));
            controller.close();
          },
        });
        const told: WireEvent[] = [];
        await readEventStream(body, (one) => told.push(one));
        expect(told).toEqual(events.map(({ name, data }) => ({ name, data: data.join('\n') })));
      }),
    );
  });

  test('property: events that are written as text are read as they were', () => {
    const some = fc.array(fc.record({ name: fc.constantFrom('', 'delta'), data: line }), { maxLength: 5 });
    fc.assert(
      fc.property(some, (events) => {
        expect(read([eventsText(events)])).toEqual(events);
      }),
    );
  });

  test('a text of events is told from JSON', () => {
    expect(looksLikeEvents('event: a\ndata: 1\n\n')).toBe(true);
    expect(looksLikeEvents('\n: comment\n')).toBe(true);
    expect(looksLikeEvents('{"data": 1}')).toBe(false);
  });
});
