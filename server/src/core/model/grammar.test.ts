import { describe, expect, test } from 'vitest';
import { sluiceError } from './error.ts';
import type { StreamEvent } from './event.ts';
import { checkGrammar } from './grammar.ts';

const start: StreamEvent = { type: 'start', id: 'a', model: 'm' };
const end: StreamEvent = { type: 'end' };
const stop: StreamEvent = { type: 'stop', choice: 0, stop: { reason: 'stop' } };
const text = (words: string) => ({ type: 'text', text: words }) as const;
const thought = (...sections: string[]) => ({ type: 'reasoning', form: 'text', sections }) as const;
const call = (words: string, name = 'n') =>
  ({ type: 'tool-call', kind: 'function', id: 'c', name, arguments: words }) as const;
const open = (block = 0, part: Extract<StreamEvent, { type: 'open' }>['part'] = text('')): StreamEvent => ({
  type: 'open',
  block,
  choice: 0,
  part,
});
const delta = (words: string, block = 0): StreamEvent => ({ type: 'delta', block, text: words });
const close = (
  part: Extract<StreamEvent, { type: 'close' }>['part'] = text('hi'),
  block = 0,
): StreamEvent => ({ type: 'close', block, part });
const error: StreamEvent = { type: 'error', error: sluiceError('internal', 'x') };

function run(events: readonly StreamEvent[]): void {
  const seen: StreamEvent[] = [];
  const check = checkGrammar((event) => seen.push(event));
  for (const event of events) check(event);
  expect(seen).toEqual(events);
}

describe('checkGrammar lets pass', () => {
  test.each<[string, StreamEvent[]]>([
    ['an answer of one text', [start, open(), delta('h'), delta('i'), close(), stop, end]],
    ['an answer without a block', [start, stop, end]],
    ['an error at once', [error]],
    ['an error inside of a block', [start, open(), error]],
    ['a call without arguments', [start, open(0, call('')), close(call('{}')), stop, end]],
    [
      'sections',
      [
        start,
        open(0, thought()),
        delta('a'),
        { type: 'section', block: 0 },
        delta('b'),
        close(thought('a', 'b')),
        stop,
        end,
      ],
    ],
    ['pings anywhere', [start, { type: 'ping' }, open(), { type: 'ping' }, close(text('')), stop, end]],
  ])('%s', (_, events) => {
    expect(() => run(events)).not.toThrow();
  });
});

describe('checkGrammar stops', () => {
  test.each<[string, StreamEvent[], string]>([
    ['a missing start', [open()], 'Event 0 (open of block 0): the first event must be start.'],
    ['a second start', [start, start], 'there may be one start only'],
    ['a number left out', [start, open(1)], 'the next block has the number 0'],
    ['blocks of one choice side by side', [start, open(), open(1)], 'block 0 of choice 0 is still open'],
    ['a skeleton with text', [start, open(0, text('x'))], 'the text of a skeleton must be empty'],
    ['a delta of an unknown block', [start, delta('x', 3)], 'the block was never opened'],
    ['a delta after the close', [start, open(), close(text('')), delta('x')], 'the block is closed'],
    ['an empty delta', [start, open(), delta('')], 'a delta may not be empty'],
    [
      'a delta of what comes whole',
      [start, open(0, { type: 'vendor', dialect: 'gemini', kind: 'k', raw: {} }), delta('x')],
      'a part of type vendor comes whole',
    ],
    [
      'sections of a text',
      [start, open(), { type: 'section', block: 0 }],
      'a part of type text has no sections',
    ],
    [
      'a close with other words',
      [start, open(), delta('h'), close()],
      'Event 3 (close of block 0): the deltas say "h" and the closed part has the text "hi".',
    ],
    [
      'other arguments',
      [start, open(0, call('')), delta('{'), close(call('{}'))],
      'the deltas say "{" and the closed part has the arguments "{}"',
    ],
    [
      'sections put together',
      [start, open(0, thought()), delta('a'), delta('b'), close(thought('a', 'b'))],
      'the deltas say',
    ],
    [
      'a name that changes',
      [start, open(0, call('')), close(call('', 'other'))],
      'name was "n" when the block opened and is "other" now',
    ],
    ['a stop while a block is open', [start, open(), stop], 'block 0 of the choice is still open'],
    ['a second stop', [start, stop, stop], 'choice 0 has stopped before'],
    ['a block after the stop', [start, stop, open()], 'choice 0 has stopped'],
    ['an end without a stop', [start, open(), close(text('')), end], 'choice 0 has not stopped'],
    ['an end without anything', [start, end], 'no choice has stopped'],
    ['anything after the end', [start, stop, end, { type: 'ping' }], 'nothing may follow the end'],
    ['anything after an error', [start, error, end], 'nothing may follow the end'],
  ])('%s', (_, events, message) => {
    expect(() => run(events)).toThrow(message);
  });
});
