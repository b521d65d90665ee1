import { describe, expect, test } from 'vitest';
import { ask, pass, targets, turn } from '../../../../test/kit/adapting.ts';
import { caching } from './caching.ts';

describe('cache marks', () => {
  const marked = ask({
    origin: 'anthropic-messages',
    turns: [turn('user', [{ type: 'text', text: 'Hi', cache: { ttl: '1h' } }])],
    tools: [{ kind: 'function', name: 'f', cache: {} }],
    promptCache: { automatic: {} },
  });

  test('stay where they are understood', () => {
    expect(pass(caching, marked, targets.budget).request).toBe(marked);
  });

  test('go elsewhere, and are mentioned once', () => {
    const { request, told } = pass(caching, marked, targets.chat);
    expect(request).toEqual(ask({ origin: 'anthropic-messages', tools: [{ kind: 'function', name: 'f' }] }));
    expect(told).toEqual(['cache-marks dropped hint']);
  });

  test('a request without any is the same object', () => {
    const request = ask();
    expect(pass(caching, request, targets.chat).request).toBe(request);
  });
});

describe('keys', () => {
  test('G63 the session of Claude Code becomes a short key, always the same', () => {
    const request = ask({ origin: 'anthropic-messages', endUser: { id: 'u'.repeat(150) } });
    const first = pass(caching, request, targets.gpt4).request.promptCache?.key;
    expect(first).toMatch(/^sluice-[0-9a-f]{16}$/);
    expect(pass(caching, request, targets.gpt4).request.promptCache?.key).toBe(first);
    expect(pass(caching, request, targets.chat).request).toBe(request);
  });

  test('stay where they are understood, long ones as a digest', () => {
    const request = ask({ promptCache: { key: 'k', retention: '24h' } });
    expect(pass(caching, request, targets.gpt5).request).toBe(request);
    const long = pass(caching, ask({ promptCache: { key: 'k'.repeat(65) } }), targets.gpt5).request;
    expect(long.promptCache?.key).toHaveLength(23);
    expect(pass(caching, request, targets.budget)).toMatchObject({
      request: ask(),
      told: ['prompt-cache-key dropped hint'],
    });
  });

  test('options go to the other format of OpenAI, and to nobody else', () => {
    const request = ask({ promptCache: { options: { mode: 'implicit' } } });
    expect(pass(caching, request, targets.gpt5).request).toBe(request);
    expect(pass(caching, request, targets.budget)).toMatchObject({
      request: ask(),
      told: ['prompt-cache-key dropped hint'],
    });
  });

  test('a cache that was made elsewhere holds part of the question', () => {
    const request = ask({ origin: 'gemini', promptCache: { resource: 'cachedContents/1' } });
    const { request: kept, told } = pass(caching, request, targets.gpt5);
    expect(kept.promptCache).toBeUndefined();
    expect(told).toEqual(['cached-content dropped semantic']);
    expect(pass(caching, request, targets.gemini2).request).toBe(request);
  });
});
