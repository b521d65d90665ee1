import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../model/request.ts';
import type { StopReason } from '../model/response.ts';
import { isDeterministic, isKeepable, whyAsked } from './fitness.ts';

const request = (more: Partial<ChatRequest> = {}): ChatRequest => ({
  origin: 'openai-chat',
  model: 'm',
  stream: false,
  includeUsage: false,
  turns: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  sampling: {},
  ...more,
});

describe('a request that is always asked anew', () => {
  test.each([
    ['continues', { state: { previousResponseId: 'resp_1' } }],
    ['continues', { state: { conversation: 'conv_1' } }],
    ['background', { state: { background: true } }],
    ['stored', { state: { store: true } }],
    ['cached-content', { promptCache: { resource: 'cachedContents/1' } }],
    ['media', { modalities: ['text', 'audio'] }],
    ['unknown-member', { ext: { whatever: 1 } }],
    [
      'hosted-tool',
      {
        tools: [
          {
            kind: 'hosted' as const,
            name: 'web_search',
            hosted: {
              dialect: 'openai-chat' as const,
              does: 'web-search' as const,
              type: 'web_search',
              config: {},
            },
          },
        ],
      },
    ],
  ])('%s', (why, more) => {
    expect(whyAsked(request(more))).toBe(why);
  });

  test('is none that only says what is so anyway', () => {
    expect(whyAsked(request())).toBeUndefined();
    expect(whyAsked(request({ origin: 'openai-responses', state: { store: true } }))).toBeUndefined();
    expect(
      whyAsked(request({ state: { store: false }, modalities: ['text'], ext: { tools: [] } })),
    ).toBeUndefined();
    expect(whyAsked(request({ ext: { safetySettings: [] } }))).toBeUndefined();
  });
});

describe('a deterministic request', () => {
  test.each([
    [{}, false],
    [{ temperature: 0 }, true],
    [{ temperature: 0.01 }, false],
    [{ seed: 0 }, true],
    [{ topK: 1 }, true],
    [{ topK: 2, topP: 0 }, false],
    [{ temperature: 1, seed: 3 }, true],
  ])('%o: %s', (sampling, expected) => {
    expect(isDeterministic(request({ sampling }))).toBe(expected);
  });
});

describe('an answer that is kept', () => {
  const kept = (reason: StopReason): boolean =>
    isKeepable({
      origin: 'openai-chat',
      id: 'x',
      model: 'm',
      choices: [{ index: 0, parts: [{ type: 'text', text: 'Yes' }], stop: { reason } }],
    });

  test('is complete', () => {
    const complete: readonly StopReason[] = ['stop', 'stop-sequence', 'tool-calls', 'length'];
    const not: readonly StopReason[] = [
      'context-full',
      'filtered',
      'refusal',
      'paused',
      'malformed-call',
      'cancelled',
      'other',
    ];
    expect(complete.map(kept)).toEqual(complete.map(() => true));
    expect(not.map(kept)).toEqual(not.map(() => false));
  });

  test('says something in every choice, and no refusal', () => {
    const stop = { reason: 'stop' } as const;
    const answer = { origin: 'gemini', id: '', model: 'm' } as const;
    const text = { index: 0, parts: [{ type: 'text', text: 'Yes' }], stop } as const;
    expect(isKeepable({ ...answer, choices: [] })).toBe(false);
    expect(isKeepable({ ...answer, choices: [text, { index: 1, parts: [], stop }] })).toBe(false);
    expect(
      isKeepable({ ...answer, choices: [{ index: 0, parts: [{ type: 'refusal', text: 'No' }], stop }] }),
    ).toBe(false);
  });
});
