// What clients may use of native resources, and what they see of their errors: limits hold where models run, and no key
// comes back, however the error is cut.

import { describe, expect, test } from 'vitest';
import type { Limits } from '../../src/core/routing/policy.ts';
import { ask, begin, type Received, until } from '../kit/client.ts';
import type { Behaviour, FaultUpstream } from '../kit/fault-upstream.ts';
import { clientWithKey, type Gateway } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const ALICE = 'sk-alice-0123456789abcdef';
const SECRET = 'sk-upstream-0123456789abcdef';

interface Setting {
  readonly gateway: Gateway;
  readonly upstream: FaultUpstream;
  send(path: string, method?: string): Promise<Received>;
}

async function setting(limits: Limits, script?: Behaviour): Promise<Setting> {
  const upstream = await provider(script ?? ((turn) => turn.whole(200, '{"data":[]}')));
  const gateway = await gatewayWith({
    upstreams: [{ origin: upstream.origin, secrets: [SECRET] }],
    clients: [{ ...clientWithKey('alice', ALICE), limits }],
  });
  const send = (path: string, method = 'POST'): Promise<Received> =>
    ask(gateway.port, {
      path,
      method,
      headers: ['authorization', `Bearer ${ALICE}`],
      ...(method === 'POST' ? { body: '{"model":"m","prompt":"A tree"}' } : {}),
    });
  return { gateway, upstream, send };
}

describe('limits of a client', () => {
  test('7.1 7.7 count requests to native resources that run a model, and refuse with the time to come back', async () => {
    const { gateway, upstream, send } = await setting({ rpm: 2 });
    const answers = await Promise.all(Array.from({ length: 6 }, () => send('/v1/images/generations')));
    const refused = answers.filter(({ status }) => status === 429);
    expect([upstream.turns.length, refused.length]).toEqual([2, 4]);
    expect(Number(refused[0]?.header('retry-after'))).toBeGreaterThan(0);
    expect(refused[0]?.header('x-ratelimit-remaining-requests')).toBe('0');
    expect(JSON.parse(refused[0]?.text() ?? '')).toMatchObject({ error: { code: 'rate_limited' } });
    expect(gateway.closed.filter(({ errorCode }) => errorCode === 'rate_limited').length).toBe(4);
    // The same count: what runs models here and there is one.
    const chat = await send('/v1/chat/completions');
    expect(chat.status).toBe(429);
  });

  test('7.1 leave what is only looked at or kept alone', async () => {
    const { send } = await setting({ rpm: 0 });
    expect((await send('/v1/images/generations')).status).toBe(429);
    for (const [path, method] of [
      ['/v1/files', 'GET'],
      ['/v1/batches/batch_1', 'GET'],
      ['/v1/files/file-1', 'DELETE'],
      ['/v1/batches/batch_1/cancel', 'POST'],
    ] as const)
      expect.soft([path, (await send(path, method)).status]).toEqual([path, 200]);
  });

  test('7.8 count what runs at the same time until it has ended', async () => {
    const held: (() => void)[] = [];
    const { gateway, send } = await setting({ concurrency: 1 }, (turn) => {
      held.push(() => turn.whole(200, '{"data":[]}'));
    });
    const first = send('/v1/images/generations');
    await until(() => held.length === 1);
    expect((await send('/v1/images/generations')).status).toBe(429);
    held[0]?.();
    expect((await first).status).toBe(200);
    await until(() => gateway.closed.length === 2);
    const next = send('/v1/images/generations');
    await until(() => held.length === 2);
    held[1]?.();
    expect((await next).status).toBe(200);
  });
});

test('15.12 10.11 an error of a native resource shows no key, wherever its bytes are cut', async () => {
  const said = JSON.stringify({ error: { message: `Incorrect API key provided: ${SECRET}.` } });
  const from = said.indexOf(SECRET);
  for (const at of [from + 1, from + 12, from + SECRET.length - 1]) {
    let go: (() => void) | undefined;
    const { gateway } = await setting({}, (turn) => {
      turn.head(401, { 'content-type': 'application/json' });
      turn.piece(said.slice(0, at));
      go = () => {
        turn.piece(said.slice(at));
        turn.end();
      };
    });
    const headers = ['authorization', `Bearer ${ALICE}`];
    const asking = begin(gateway.port, { path: '/v1/files', method: 'GET', headers });
    // The first piece, or as much of it as may be, has reached the client before the second is sent.
    await until(() => asking.soFar().includes('error'));
    go?.();
    const { status, text } = await asking.done;
    expect.soft([at, status, text()]).toEqual([at, 401, said.replace(SECRET, '*'.repeat(SECRET.length))]);
  }
});
