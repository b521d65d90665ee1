// Recorded streams of the providers that break off behind each of their events: what the client then reads is one whole
// answer with the ids and numbers of the recorded one, or the break is left alone.

import { describe, expect, test } from 'vitest';
import type { Framing } from '../../src/core/dialects/dialect.ts';
import { readElements } from '../../src/core/json/array-blocks.ts';
import type { StreamEvent } from '../../src/core/model/event.ts';
import { answerOf, expectSoundWire, resumed, textOfAnswer } from '../kit/resuming.ts';
import { recordedAnswers } from './recorded.ts';

const REST = 'And that § was the end of it.';
const CONTINUATION: readonly StreamEvent[] = [
  { type: 'start', id: 'other', model: 'm-2' },
  { type: 'open', block: 0, choice: 0, part: { type: 'text', text: '' } },
  { type: 'delta', block: 0, text: REST },
  { type: 'close', block: 0, part: { type: 'text', text: REST } },
  { type: 'stop', choice: 0, stop: { reason: 'stop' } },
  { type: 'end' },
];

const streams = recordedAnswers().filter(
  ({ kind, status, body }) => kind === 'stream' && status === 200 && body.length < 60_000,
);
if (streams.length === 0)
  process.stderr.write('\n*** SKIPPED: there are no recorded streams beside this checkout.\n\n');

/** Where a text can be cut: behind each event or element. */
function cuts(framing: Framing, text: string): number[] {
  const ends: number[] = [];
  if (framing === 'json-array') {
    readElements(Buffer.from(text, 'latin1'), (_text, _start, end) => void ends.push(end));
    return ends;
  }
  for (const { index, 0: found } of text.matchAll(/\r\n\r\n|\n\n/g)) ends.push(index + found.length);
  return ends;
}

/** At most so many cuts of one stream are tried, evenly spread. */
const MOST_CUTS = 25;

describe.runIf(streams.length > 0)('resume behind recorded streams', () => {
  const tried = new Map<string, number>();

  test.each(streams)('resume $dialect $name', ({ dialect, framing, body }) => {
    const text = body.toString('utf8');
    const places = cuts(framing, text);
    const step = Math.max(1, Math.floor(places.length / MOST_CUTS));
    for (let at = 0; at < places.length; at += step) {
      const first = text.slice(0, places[at]);
      const result = resumed(dialect, framing, first, CONTINUATION);
      if (result === undefined) continue;
      tried.set(dialect, (tried.get(dialect) ?? 0) + 1);
      expect(textOfAnswer(answerOf(dialect, framing, result.text))).toBe(result.said + REST);
      expectSoundWire(dialect, framing, result.text, first);
    }
  });

  test('resume was possible in many of them, in every format', () => {
    expect([...tried.keys()].sort()).toEqual([
      'anthropic-messages',
      'gemini',
      'openai-chat',
      'openai-responses',
    ]);
    for (const count of tried.values()) expect(count).toBeGreaterThan(20);
  });
});
