import { describe, expect, test } from 'vitest';
import { closing, cost, opening } from '../../test/stores/exchanges.ts';
import { createFeed, type ExchangeEvent } from './feed.ts';

describe('the feed', () => {
  test('hands events to all who listen, until they stop', () => {
    const feed = createFeed((text) => text);
    const heard: string[] = [];
    const listener = ({ id }: ExchangeEvent): void => void heard.push(id);
    const stop = feed.subscribe(listener);
    feed.subscribe(listener);
    feed.closed(opening('a'), closing('a'));
    expect(feed.listeners).toBe(2);
    stop();
    stop();
    feed.closed(opening('b'), closing('b'));
    expect(heard).toEqual(['a', 'a', 'b']);
    expect(feed.listeners).toBe(1);
  });

  test('makes nothing while nobody listens', () => {
    const feed = createFeed(() => expect.unreachable('nobody asked for it'));
    feed.closed(opening('a'), closing('a'));
  });

  test('one listener that fails keeps it from nobody', () => {
    const feed = createFeed((text) => text);
    const heard: ExchangeEvent[] = [];
    feed.subscribe(() => {
      throw new Error('broken');
    });
    feed.subscribe((event) => void heard.push(event));
    feed.closed(opening('a'), closing('a'));
    expect(heard).toHaveLength(1);
  });

  test('an event is small JSON without what is not known, and without secrets', () => {
    const feed = createFeed((text) => text.replaceAll('SECRET', '[redacted]'));
    const heard: ExchangeEvent[] = [];
    feed.subscribe((event) => void heard.push(event));
    feed.closed(
      opening('a', { receivedAtMs: 1_000, conversationId: 'talk-SECRET', agentId: 'plan' }),
      closing('a', { endedAtMs: 1_500, modelAsked: 'SECRET' }),
    );
    expect(heard).toEqual([
      {
        type: 'exchange',
        id: 'a',
        receivedAtMs: 1_000,
        atMs: 1_500,
        route: 'chat.completions',
        client: 'alice',
        conversation: 'talk-[redacted]',
        agent: 'plan',
        dialectIn: 'openai-chat',
        modelAsked: '[redacted]',
        modelServed: 'claude-test-1',
        upstream: 'anthropic',
        key: 'k_1',
        attempts: 1,
        status: 200,
        streamed: true,
        aborted: false,
        durationMs: 500,
        ttftMs: 490,
        inputTokens: 146,
        outputTokens: 57,
        // 56 steps in 10 ms.
        tokensPerSecond: 5_600,
        cacheReadTokens: 40,
      },
    ]);
    expect(Object.values(heard[0] ?? {})).not.toContain(undefined);
  });

  test('what nobody knows the price of is not told as free', () => {
    const feed = createFeed((text) => text);
    const heard: ExchangeEvent[] = [];
    feed.subscribe((event) => void heard.push(event));
    feed.closed(opening('a'), closing('a', { cost: cost(0, { state: 'unpriced' }) }));
    feed.closed(opening('b'), closing('b', { cost: cost(7) }));
    expect(heard.map(({ costState, costNanoUsd }) => [costState, costNanoUsd])).toEqual([
      ['unpriced', undefined],
      ['exact', 7],
    ]);
  });
});
