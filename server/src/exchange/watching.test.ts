import { describe, expect, test } from 'vitest';
import { fakePorts, inboundOf } from '../../test/kit/fake-ports.ts';
import { settingsOf } from '../../test/kit/gateway.ts';
import { closeRecord, openRecord } from './record.ts';
import { createWatching } from './watching.ts';

describe('the book of what is on its way', () => {
  test('tells each exchange and its phase until it is closed or taken out, oldest first', () => {
    const { ports } = fakePorts(settingsOf({ upstreams: [{ origin: 'http://one' }] }));
    const watching = createWatching();
    const open = (headers: Readonly<Record<string, string>> = {}): ReturnType<typeof openRecord> => {
      const route = { name: 'chat', dialect: 'openai-chat', use: 'generate' } as const;
      const inbound = { ...inboundOf('{}').inbound, header: (name: string) => headers[name] };
      return openRecord(ports, inbound, route);
    };
    const one = open({ 'x-claude-code-session-id': 'run', 'x-claude-code-agent-id': 'plan' });
    const other = open();
    watching.add(one);
    watching.add(other);
    expect(watching.list().map(({ phase }) => phase)).toEqual(['reading', 'reading']);

    one.bytesIn = 2;
    one.modelAsked = 'm';
    expect(watching.list()[0]).toMatchObject({ id: 'req_test', phase: 'choosing', model: 'm', attempts: 0 });
    const target = { upstream: { id: 'one' }, key: { id: 'k1' }, model: 'sent' };
    const attempt = { cause: 'first' as const, startedAtMs: 1, firstOutputAtMs: undefined, target };
    one.current = { ...attempt, headersAtMs: undefined };
    expect(watching.list()[0]).toMatchObject({
      phase: 'asked',
      upstream: 'one',
      key: 'k1',
      modelSent: 'sent',
    });
    one.current = { ...attempt, headersAtMs: 2 };
    expect(watching.list()[0]?.phase).toBe('answering');
    one.firstOutputAtMs = one.opening.receivedAtMs + 40;
    expect(watching.list()[0]).toMatchObject({ phase: 'streaming', ttftMs: 40 });
    expect(watching.list(1)).toHaveLength(1);

    one.current = { ...attempt, headersAtMs: 2, outputTokens: () => 12 };
    expect(watching.list()[0]).not.toHaveProperty('outputTokens');
    one.streamed = true;
    expect(watching.list()[0]).toMatchObject({ outputTokens: 12, conversation: 'run', agent: 'plan' });
    expect(watching.list()[1]).not.toHaveProperty('agent');

    closeRecord(ports, one, { status: 200 });
    expect(watching.list()).toHaveLength(1);
    watching.remove(one);
    watching.remove(other);
    expect(watching.list()).toEqual([]);
  });
});
