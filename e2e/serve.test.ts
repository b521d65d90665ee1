// `sluice serve` as whoever starts and ends it meets it: by its own name and without, as one process and as several.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isolated } from './kit/gateway.ts';
import { type Program, start } from './kit/program.ts';
import { until } from './kit/until.ts';

const MAIN = fileURLToPath(new URL('../server/dist/main.js', import.meta.url));
const chunk = (content: string, finish: string | null): string =>
  `data: ${JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: finish }],
  })}\n\n`;

interface HeldUpstream {
  readonly baseUrl: string;
  /** Ends the stream that is on its way. */
  finish(): void;
}

/** A provider whose streams begin at once and end when they are told to. */
async function heldUpstream(): Promise<HeldUpstream> {
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunk('Begun.', null));
      held.push(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    finish: () => {
      for (const response of held.splice(0)) response.end(`${chunk(' Ended.', 'stop')}data: [DONE]\n\n`);
    },
  };
}

interface Served {
  readonly gateway: Program;
  readonly origin: string;
}

/** Starts the command and waits until it serves. */
async function serve(config: object | undefined, ...args: readonly string[]): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-serve-'));
  if (config !== undefined)
    await writeFile(join(folder, 'sluice.jsonc'), JSON.stringify(config), { mode: 0o600 });
  const gateway = start(process.execPath, [MAIN, ...args], isolated(folder));
  onTestFinished(async () => {
    gateway.kill();
    await gateway.ended;
    await rm(folder, { recursive: true, force: true });
  });
  const origin = await until(
    async () => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(gateway.stderr())?.[0];
      if (found === undefined) return undefined;
      const ready = await fetch(`${found}/ready`).catch(() => undefined);
      return ready?.status === 200 ? found : undefined;
    },
    () => `It does not serve: ${gateway.stderr()}`,
    60_000,
  );
  return { gateway, origin };
}

/** A stream that has begun: what has come so far, and all of it. */
async function beginStream(origin: string): Promise<{ soFar(): string; whole: Promise<string> }> {
  const response = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  expect(response.status).toBe(200);
  let text = '';
  const read = async (): Promise<string> => {
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) text += decoder.decode(part, { stream: true });
    return text;
  };
  return { soFar: () => text, whole: read() };
}

test.each([
  ['sluice serve', ['serve', '--port', '0']],
  ['sluice', ['--port', '0']],
])('13.1 "%s" starts the gateway without any configuration, and says where it listens', async (_, args) => {
  const { gateway, origin } = await serve(undefined, ...args);
  const answer = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sluice-demo', messages: [{ role: 'user', content: 'Hello!' }] }),
  });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Hello from Sluice')]);
  gateway.signal('SIGINT');
  expect((await gateway.ended).code).toBe(0);
});

describe.each([1, 2])('16.6 a gateway of %i that is told to stop', (workers) => {
  const config = (baseUrl: string, drainMs: number): object => ({
    server: { port: 0, workers, drainMs },
    upstreams: [{ id: 'held', provider: 'openai-compatible', baseUrl, keys: ['k'], models: ['m'] }],
  });

  test('16.6 lets what runs end, takes nothing new, and ends with exit code 0', async () => {
    const upstream = await heldUpstream();
    const { gateway, origin } = await serve(config(upstream.baseUrl, 60_000));
    const stream = await beginStream(origin);
    await until(
      async () => stream.soFar().includes('Begun.') || undefined,
      () => 'The stream does not begin.',
    );
    gateway.signal('SIGTERM');
    await until(
      async () => {
        const fresh = await fetch(`${origin}/ready`, { headers: { connection: 'close' } }).catch(
          () => undefined,
        );
        return fresh === undefined || fresh.status === 503 ? true : undefined;
      },
      () => 'It still takes requests.',
    );
    expect(stream.soFar()).not.toContain('Ended.');
    upstream.finish();
    const whole = await stream.whole;
    expect(whole).toContain('Ended.');
    expect(whole.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect((await gateway.ended).code).toBe(0);
  });

  test('16.6 waits no longer than server.drainMs, and tells the stream that it ends', async () => {
    const upstream = await heldUpstream();
    const { gateway, origin } = await serve(config(upstream.baseUrl, 300));
    const stream = await beginStream(origin);
    gateway.signal('SIGTERM');
    const whole = await stream.whole;
    expect(whole).toContain('shutting_down');
    expect(whole).not.toContain('[DONE]');
    expect((await gateway.ended).code).toBe(0);
  });

  test('16.6 ends at once when it is told a second time', async () => {
    const upstream = await heldUpstream();
    const { gateway, origin } = await serve(config(upstream.baseUrl, 600_000));
    const stream = await beginStream(origin);
    const broken = stream.whole.catch(() => 'broken off');
    gateway.signal('SIGTERM');
    await until(
      async () =>
        `${gateway.stdout()}${gateway.stderr()}`.includes('A second signal ends at once') || undefined,
      () => 'It does not say that it stops.',
    );
    gateway.signal('SIGTERM');
    expect((await gateway.ended).code).toBe(130);
    expect(await broken).toBe('broken off');
  });
});
