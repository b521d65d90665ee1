import { describe, expect, test } from 'vitest';
import type { Part, TextPart } from '../../model/content.ts';
import type { StreamEvent } from '../../model/event.ts';
import { lossReport } from '../../model/loss.ts';
import type { ChatRequest } from '../../model/request.ts';
import type { Usage } from '../../model/usage.ts';
import { saidSoFar } from './said-so-far.ts';
import { spliced } from './spliced.ts';

const REQUEST: ChatRequest = {
  origin: 'openai-chat',
  model: 'm',
  stream: true,
  includeUsage: true,
  turns: [],
  tools: [],
  sampling: {},
};
const TEXT: TextPart = { type: 'text', text: '' };
const END: readonly StreamEvent[] = [{ type: 'stop', choice: 0, stop: { reason: 'stop' } }, { type: 'end' }];

function usage(input: number, output: number): Usage {
  return {
    input: { uncached: input, cacheRead: 1, cacheWrite5m: 0, cacheWrite1h: 0, cacheWriteOther: 0, audio: 0 },
    output: { text: output, reasoning: 2, audio: 0 },
    clamped: false,
  };
}

/** The events that the client gets after the first part, and the features that were reported. */
function after(first: readonly StreamEvent[], second: readonly StreamEvent[]) {
  const said = saidSoFar(REQUEST);
  said.see({ type: 'start', id: 'first', model: 'm', usage: usage(10, 1) });
  for (const event of first) said.see(event);
  expect(said.resumable).toBe(true);
  const events: StreamEvent[] = [];
  const losses = lossReport();
  const emit = spliced(
    said,
    (event) => {
      said.see(event);
      events.push(event);
    },
    losses,
  );
  emit({ type: 'start', id: 'second', model: 'm2', usage: usage(20, 0) });
  for (const event of second) emit(event);
  return { events, features: losses.losses.map(({ feature }) => feature), said };
}

const begun = (text: string): StreamEvent[] => [
  { type: 'open', block: 0, choice: 0, part: TEXT },
  { type: 'delta', block: 0, text },
];
const says = (block: number, text: string, more: Partial<TextPart> = {}): StreamEvent[] => [
  { type: 'open', block, choice: 0, part: TEXT },
  { type: 'delta', block, text },
  { type: 'close', block, part: { ...TEXT, text, ...more } },
];

describe('resume puts the second answer behind the first', () => {
  test('resume continues the open text: no second start, no second open, the whole text at its close', () => {
    const { events } = after(begun('Once upon'), [...says(0, ' a time'), ...END]);
    expect(events).toEqual([
      { type: 'delta', block: 0, text: ' a time' },
      { type: 'close', block: 0, part: { type: 'text', text: 'Once upon a time' } },
      END[0],
      {
        type: 'usage',
        usage: {
          ...usage(30, 1),
          input: { ...usage(30, 1).input, cacheRead: 2 },
          output: { text: 1, reasoning: 4, audio: 0 },
        },
      },
      END[1],
    ]);
  });

  test('resume opens a new text behind one that was closed', () => {
    const closed: StreamEvent[] = [
      ...begun('One.'),
      { type: 'close', block: 0, part: { ...TEXT, text: 'One.' } },
    ];
    const { events } = after(closed, [...says(0, ' Two.'), ...END]);
    expect(events.slice(0, 3)).toEqual([
      { type: 'open', block: 1, choice: 0, part: TEXT },
      { type: 'delta', block: 1, text: ' Two.' },
      { type: 'close', block: 1, part: { type: 'text', text: ' Two.' } },
    ]);
  });

  test('resume leaves out reasoning before the first text and says so, and numbers what follows', () => {
    const thought: Part = { type: 'reasoning', form: 'text', sections: ['Hm.'] };
    const call: Part = { type: 'tool-call', id: 'c', kind: 'function', name: 'add', arguments: '{}' };
    const { events, features } = after(begun('Let me see'), [
      { type: 'open', block: 0, choice: 0, part: { ...thought, sections: [] } },
      { type: 'delta', block: 0, text: 'Hm.' },
      { type: 'close', block: 0, part: thought },
      ...says(1, '.'),
      { type: 'open', block: 2, choice: 0, part: { ...call, arguments: '' } },
      { type: 'delta', block: 2, text: '{}' },
      { type: 'close', block: 2, part: call },
      ...END,
    ]);
    expect(events.map((event) => [event.type, 'block' in event ? event.block : -1])).toEqual([
      ['delta', 0],
      ['close', 0],
      ['open', 1],
      ['delta', 1],
      ['close', 1],
      ['stop', -1],
      ['usage', -1],
      ['end', -1],
    ]);
    expect(features).toEqual(['reasoning']);
  });

  test('resume closes the open text before a call and before an end without a word', () => {
    const call: Part = { type: 'tool-call', id: 'c', kind: 'function', name: 'add', arguments: '' };
    const { events } = after(begun('Wait'), [{ type: 'open', block: 0, choice: 0, part: call }]);
    expect(events).toEqual([
      { type: 'close', block: 0, part: { type: 'text', text: 'Wait' } },
      { type: 'open', block: 1, choice: 0, part: call },
    ]);
    expect(after(begun('Done.'), END).events[0]).toEqual({
      type: 'close',
      block: 0,
      part: { type: 'text', text: 'Done.' },
    });
  });

  test('resume leaves out repeated words, moves citations to their new place, and drops log-probabilities that lack a part', () => {
    const raw = { type: 'url_citation' };
    const citation = {
      url: 'https://example.com',
      start: 22,
      end: 30,
      dialect: 'openai-responses',
      raw,
    } as const;
    const logprobs = [{ token: 'x', logprob: -1, top: [] }];
    const { events } = after(begun('There was a fox by the river'), [
      ...says(0, 'a fox by the river and a bear', { citations: [citation], logprobs }),
      ...END,
    ]);
    expect(events.slice(0, 2)).toEqual([
      { type: 'delta', block: 0, text: ' and a bear' },
      {
        type: 'close',
        block: 0,
        part: {
          type: 'text',
          text: 'There was a fox by the river and a bear',
          citations: [{ ...citation, start: 32, end: 40 }],
        },
      },
    ]);
  });

  test('resume sums the usage of both parts each time it is told, and once where only the start tells it', () => {
    const told = after(begun('a'), [...says(0, 'b'), { type: 'usage', usage: usage(20, 5) }, ...END]);
    const sums = told.events.flatMap((event) => (event.type === 'usage' ? [event.usage] : []));
    expect(sums.map(({ input, output }) => [input.uncached, output.text])).toEqual([[30, 6]]);
  });

  test('resume can be resumed once more, behind what the client has', () => {
    const { events, said } = after(begun('Once upon a time there was'), [
      { type: 'open', block: 0, choice: 0, part: TEXT },
      { type: 'delta', block: 0, text: 'upon a t' },
      { type: 'error', error: { code: 'upstream_closed', message: 'gone', status: 502 } as never },
    ]);
    expect(events.map(({ type }) => type)).toEqual(['error']);
    expect(said.resumable).toBe(true);
    expect(said.text).toBe('Once upon a time there was');
  });
});
