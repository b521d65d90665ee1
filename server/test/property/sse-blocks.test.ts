// Splitting and reading event streams: however a stream is cut into chunks, no byte is lost and the events are those
// that a plain reading of the whole text gives.

import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../src/core/bytes.ts';
import { createBlockSplitter } from '../../src/core/sse/blocks.ts';
import { readEvents, readEventTexts, type SseEvent } from '../../src/core/sse/parse.ts';
import { sharedPath } from '../kit/shared-data.ts';

function concat(parts: readonly Bytes[]): Bytes {
  return Buffer.concat(parts.map((part) => Buffer.from(part.toString('latin1'), 'latin1')));
}

/** The specification's algorithm on the whole text, as literally as possible. */
function referenceEvents(text: string): SseEvent[] {
  const events: SseEvent[] = [];
  let data = '';
  let event = '';
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  lines.pop(); // what follows the last line end is an unfinished line
  for (const line of lines) {
    if (line === '') {
      if (data !== '') events.push({ event, data: data.replace(/\n$/, '') });
      data = '';
      event = '';
      continue;
    }
    if (line.startsWith(':')) continue;
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'data') data += `${value}\n`;
    if (field === 'event') event = value;
  }
  return events;
}

interface Reading {
  readonly events: readonly SseEvent[];
  readonly joined: Buffer;
  readonly rest: string;
}

/** Reads a stream cut at the given sizes (repeated as needed). */
function readInChunks(bytes: Buffer, sizes: readonly number[]): Reading {
  const splitter = createBlockSplitter(concat, 10_000_000);
  const events: SseEvent[] = [];
  const blocks: Bytes[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    const block = splitter.push(bytes.subarray(at, at + size));
    at += size;
    if (block === undefined) continue;
    blocks.push(block);
    let previousEnd = 0;
    const from = events.length;
    readEvents(block, (event, start, end) => {
      expect(start).toBeGreaterThanOrEqual(previousEnd);
      expect(end).toBeLessThanOrEqual(block.length);
      previousEnd = end;
      // The span alone must hold the event: editors replace or remove it.
      expect(referenceEvents(block.toString('utf8', start, end))).toEqual([event]);
      events.push(event);
    });
    const texts: SseEvent[] = [];
    const isRead = readEventTexts(block.toString('utf8'), (event, data) => texts.push({ event, data }));
    expect(isRead).toBe(!block.toString('utf8').includes('\r'));
    expect(texts).toEqual(isRead ? events.slice(from) : []);
  }
  const rest = splitter.rest();
  if (rest !== undefined) blocks.push(rest);
  return {
    events,
    joined: Buffer.from(concat(blocks).toString('latin1'), 'latin1'),
    rest: rest?.toString('utf8') ?? '',
  };
}

const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const line = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom('data: ', 'data:', 'data', 'event: ', 'event:', ': ', 'id: ', 'retry:', 'x', ''),
        fc.constantFrom('', 'a', '{"é":"😀"}', ' b ', ':', 'error'),
      )
      .map((parts) => parts.join('')),
  },
);
const stream = fc
  .tuple(
    fc.constantFrom('', '\ufeff'),
    fc.array(fc.tuple(line, lineEnd), { maxLength: 30 }),
    fc.constantFrom('', 'data: cut', 'd'),
  )
  .map(([start, lines, end]) => start + lines.flat().join('') + end);
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });

describe('an event stream', () => {
  test('gives the same events however it is cut, and not one byte is lost', () => {
    fc.assert(
      fc.property(stream, sizes, (text, chunkSizes) => {
        const bytes = Buffer.from(text);
        const { events, joined } = readInChunks(bytes, chunkSizes);
        expect(joined.equals(bytes)).toBe(true);
        expect(events).toEqual(referenceEvents(text));
      }),
      { numRuns: 5_000 },
    );
  });

  test('is given out as soon as its events are complete', () => {
    fc.assert(
      fc.property(stream, sizes, (text, chunkSizes) => {
        // Whatever is left over holds no complete event and no blank line (one that only a byte order mark precedes means
        // nothing and may wait).
        const { rest } = readInChunks(Buffer.from(text), chunkSizes);
        expect(referenceEvents(rest)).toEqual([]);
        if (!text.startsWith('\ufeff')) expect(rest).not.toMatch(/^[\r\n]|\n\n|\n\r|\r\r/);
      }),
      { numRuns: 2_000 },
    );
  });
});

interface Recording {
  readonly exchanges: readonly { readonly response?: { readonly bodyText?: string } }[];
}

const fixtures = sharedPath('formats/fixtures');

test.skipIf(fixtures === undefined)(
  'recorded streams read the same in chunks of 1, 3, 7 and 37 bytes as in one',
  () => {
    const folder = fixtures ?? '';
    let streams = 0;
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.includes('/') || !file.endsWith('.json')) continue;
      const recording = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Recording;
      for (const { response } of recording.exchanges) {
        const text = response?.bodyText;
        if (text === undefined || !/^(data|event|:)/.test(text)) continue;
        streams++;
        const bytes = Buffer.from(text);
        const expected = referenceEvents(text);
        for (const size of [1, 3, 7, 37, bytes.length]) {
          const { events, joined } = readInChunks(bytes, [size]);
          expect(events, file).toEqual(expected);
          expect(joined.equals(bytes), file).toBe(true);
        }
      }
    }
    expect(streams).toBeGreaterThan(0);
  },
);
