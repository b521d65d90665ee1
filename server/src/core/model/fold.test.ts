import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyManyChoices, eventsOf } from '../../../test/kit/chat-arbitrary.ts';
import { type SluiceError, sluiceError } from './error.ts';
import type { StreamEvent } from './event.ts';
import { createFold } from './fold.ts';
import { checkGrammar } from './grammar.ts';
import type { ChatResponse } from './response.ts';
import { skeletonOf, unfold } from './unfold.ts';

function folded(events: readonly StreamEvent[]): (ChatResponse | SluiceError)[] {
  const answers: (ChatResponse | SluiceError)[] = [];
  const fold = createFold('openai-chat', (answer) => answers.push(answer));
  for (const event of events) fold(event);
  return answers;
}

const rich: ChatResponse = {
  origin: 'openai-chat',
  id: 'a-1',
  model: 'm-1',
  createdAt: 7,
  serviceTier: 'flex',
  ext: { fingerprint: 'f' },
  choices: [
    {
      index: 0,
      parts: [
        {
          type: 'reasoning',
          form: 'summary',
          sections: ['first', '', 'third'],
          token: { vendor: 'openai', kind: 'encrypted', value: 'e' },
        },
        {
          type: 'text',
          text: 'words',
          citations: [{ url: 'https://a.example', dialect: 'openai-chat', raw: {} }],
          logprobs: [{ token: 'words', logprob: -1, top: [] }],
          ext: { mine: 1 },
        },
        { type: 'text', text: '' },
        { type: 'tool-call', kind: 'function', id: 'c', name: 'n', arguments: '' },
        { type: 'refusal', text: 'no' },
        { type: 'vendor', dialect: 'openai-chat', kind: 'k', raw: { a: 1 } },
        { type: 'media', kind: 'audio', source: { type: 'base64', data: 'AA==' } },
      ],
      stop: { reason: 'stop', native: 'done' },
    },
    { index: 2, parts: [], stop: { reason: 'length' } },
  ],
};

describe('folding what was unfolded', () => {
  test('gives the same answer, with every kind of part', () => {
    const events: StreamEvent[] = [];
    unfold(
      rich,
      checkGrammar((event) => events.push(event)),
    );
    expect(folded(events)).toEqual([rich]);
  });

  test('gives the same answer for any answer and any cut', () => {
    fc.assert(
      fc.property(anyManyChoices('openai-chat'), fc.integer({ min: 1, max: 9 }), (response, length) => {
        const events = eventsOf(response, length);
        const check = checkGrammar(() => undefined);
        for (const event of events) check(event);
        expect(folded(events)).toEqual([response]);
      }),
    );
  });

  test('keeps choices apart whose blocks interleave', () => {
    const part = (text: string) => ({ type: 'text', text }) as const;
    const events: StreamEvent[] = [
      { type: 'start', id: 'a', model: 'm' },
      { type: 'open', block: 0, choice: 1, part: part('') },
      { type: 'open', block: 1, choice: 0, part: part('') },
      { type: 'delta', block: 0, text: 'one' },
      { type: 'delta', block: 1, text: 'zero' },
      { type: 'close', block: 0, part: part('one') },
      { type: 'stop', choice: 1, stop: { reason: 'stop' } },
      { type: 'close', block: 1, part: part('zero') },
      { type: 'stop', choice: 0, stop: { reason: 'length' } },
      { type: 'end' },
    ];
    expect(folded(events)[0]).toMatchObject({
      choices: [
        { index: 0, parts: [{ text: 'zero' }], stop: { reason: 'length' } },
        { index: 1, parts: [{ text: 'one' }], stop: { reason: 'stop' } },
      ],
    });
  });
});

describe('an answer that is folded', () => {
  const usage = (uncached: number) => ({
    input: { uncached, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheWriteOther: 0, audio: 0 },
    output: { text: 0, reasoning: 0, audio: 0 },
    clamped: false,
  });

  test('has the last usage, and that of its start when there was no other', () => {
    const start: StreamEvent = { type: 'start', id: 'a', model: 'm', usage: usage(1) };
    const stop: StreamEvent = { type: 'stop', choice: 0, stop: { reason: 'stop' } };
    expect(folded([start, stop, { type: 'end' }])[0]).toMatchObject({ usage: usage(1) });
    const later: StreamEvent[] = [
      { type: 'usage', usage: usage(2) },
      { type: 'usage', usage: usage(3) },
    ];
    expect(folded([start, stop, ...later, { type: 'end' }])[0]).toMatchObject({ usage: usage(3) });
  });

  test('has the members of its end before those of its start', () => {
    const [answer] = folded([
      { type: 'start', id: 'a', model: 'm', serviceTier: 'auto', ext: { kept: 1, late: 1 } },
      { type: 'stop', choice: 0, stop: { reason: 'stop' } },
      { type: 'end', serviceTier: 'flex', ext: { late: 2 } },
    ]);
    expect(answer).toMatchObject({ serviceTier: 'flex', ext: { kept: 1, late: 2 } });
  });

  test('is the error that the stream ended in, once', () => {
    const error = sluiceError('upstream_closed', 'gone');
    expect(folded([{ type: 'error', error }, { type: 'end' }])).toEqual([error]);
  });

  test('has one empty choice when nothing was said', () => {
    expect(folded([{ type: 'start', id: 'a', model: 'm' }, { type: 'end' }])[0]).toMatchObject({
      choices: [{ index: 0, parts: [], stop: { reason: 'other' } }],
    });
  });
});

test('a skeleton keeps what does not grow', () => {
  expect(
    skeletonOf({ type: 'tool-call', kind: 'custom', id: 'c', name: 'n', namespace: 's', arguments: 'x' }),
  ).toEqual({ type: 'tool-call', kind: 'custom', id: 'c', name: 'n', namespace: 's', arguments: '' });
  const hidden = {
    type: 'reasoning',
    form: 'text',
    sections: [],
    token: { vendor: 'anthropic', kind: 'redacted', value: 'x' },
  } as const;
  expect(skeletonOf(hidden)).toEqual(hidden);
});
