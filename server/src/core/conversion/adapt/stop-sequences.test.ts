import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ask, pass, targets } from '../../../../test/kit/adapting.ts';
import type { StreamEvent } from '../../model/event.ts';
import { stopSequences } from './stop-sequences.ts';

const emulated = (stop: readonly string[]) => pass(stopSequences, ask({ sampling: { stop } }), targets.gpt5);

/** One text block as the target sends it. */
function block(pieces: readonly string[], number = 0, choice = 0): StreamEvent[] {
  return [
    { type: 'open', block: number, choice, part: { type: 'text', text: '' } },
    ...pieces
      .filter((text) => text !== '')
      .map((text): StreamEvent => ({ type: 'delta', block: number, text })),
    { type: 'close', block: number, part: { type: 'text', text: pieces.join('') } },
  ];
}

const end: readonly StreamEvent[] = [{ type: 'stop', choice: 0, stop: { reason: 'stop' } }, { type: 'end' }];

const textOf = (events: readonly StreamEvent[]): string =>
  events.map((event) => (event.type === 'delta' ? event.text : '')).join('');

describe('stop sequences', () => {
  test('as many as the target takes are left to it', () => {
    const request = ask({ sampling: { stop: ['a', 'b'] } });
    expect(pass(stopSequences, request, targets.gpt4)).toMatchObject({ request, told: [] });
  });

  test('more than that are cut here, and the target still gets what it takes', () => {
    const passed = pass(stopSequences, ask({ sampling: { stop: ['1', '2', '3', '4', '5'] } }), targets.chat);
    expect(passed.request.sampling.stop).toEqual(['1', '2', '3', '4']);
    expect(passed.told).toEqual(['stop-sequences emulated quality']);
    expect(emulated(['x']).request.sampling).toEqual({});
  });

  test('the text ends at the first sequence, also across deltas, and usage and end still come', () => {
    const usage = { type: 'usage', usage: {} } as unknown as StreamEvent;
    const answer = emulated(['END', 'zzz']).answer([
      ...block(['He', 'llo E', 'N', 'D more']),
      ...block(['another'], 1),
      usage,
      ...end,
    ]);
    expect(answer).toEqual([
      { type: 'open', block: 0, choice: 0, part: { type: 'text', text: '' } },
      { type: 'delta', block: 0, text: 'He' },
      { type: 'delta', block: 0, text: 'llo ' },
      { type: 'close', block: 0, part: { type: 'text', text: 'Hello ' } },
      { type: 'stop', choice: 0, stop: { reason: 'stop-sequence', sequence: 'END' } },
      usage,
      { type: 'end' },
    ]);
  });

  test('what only looked like a beginning is sent before the block closes', () => {
    const answer = emulated(['END']).answer([...block(['a E', 'N']), ...end]);
    expect(textOf(answer)).toBe('a EN');
    expect(answer.at(-2)).toEqual(end[0]);
  });

  test('other choices go on, and blocks stay numbered without gaps', () => {
    const answer = emulated(['X']).answer([
      ...block(['aX'], 0, 0),
      ...block(['b'], 1, 0),
      ...block(['c'], 2, 1),
    ]);
    expect(
      answer.filter(({ type }) => type === 'open').map((event) => 'block' in event && event.block),
    ).toEqual([0, 1]);
    expect(textOf(answer)).toBe('ac');
  });

  test('only text is searched', () => {
    const call = { type: 'tool-call', id: 'c', kind: 'function', name: 'f', arguments: '' } as const;
    const events: StreamEvent[] = [
      { type: 'open', block: 0, choice: 0, part: call },
      { type: 'delta', block: 0, text: '{"X":1}' },
      { type: 'close', block: 0, part: { ...call, arguments: '{"X":1}' } },
    ];
    expect(emulated(['X']).answer(events)).toEqual(events);
  });

  test('the cut is the same however the text is split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 4 }), { maxLength: 12 }),
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 }), {
          minLength: 1,
          maxLength: 3,
        }),
        (pieces, stops) => {
          const whole = pieces.join('');
          const places = stops.map((stop) => whole.indexOf(stop)).filter((at) => at !== -1);
          // Of two that begin at different places the one that is complete first may win: both are legal, the text ends before one.
          const sent = textOf(emulated(stops).answer([...block(pieces), ...end]));
          if (places.length === 0) expect(sent).toBe(whole);
          else
            expect(stops.some((stop) => whole.startsWith(stop, sent.length) && whole.startsWith(sent))).toBe(
              true,
            );
          for (const stop of stops) expect(sent.includes(stop)).toBe(false);
        },
      ),
    );
  });
});
