import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { beginLogin, type PendingLogin } from './codex-login.ts';

async function begun(): Promise<PendingLogin> {
  const pending = await beginLogin({
    transport: { send: () => ({ resume: () => undefined, abort: () => undefined }) },
    proxy: undefined,
    tokenUrl: undefined,
    ports: [0],
    timeoutMs: 60_000,
    epochMs: () => 0,
  });
  if (typeof pending === 'string') throw new Error(pending);
  return pending;
}

/** The status of the answer to a target, sent as it is. */
function ask({ url }: PendingLogin, target: string): Promise<number | undefined> {
  const { port } = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: target }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('a login that waits for its answer', () => {
  test('survives whatever a page in the browser sends to its port', async () => {
    const pending = await begun();
    for (const target of ['//', '///x', '/?', 'http://[', '/auth/callback%00'])
      expect([target, await ask(pending, target)]).toEqual([target, 404]);
    expect(await ask(pending, '/auth/callback?code=stolen&state=guessed')).toBe(400);
    expect(await ask(pending, '/auth/callback?error=denied')).toBe(400);
    pending.cancel();
    expect(await pending.done).toBe('The login was given up.');
  });
});
