// Further ports of one gateway (server.compatListeners): the same rules, one life.

import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { banner } from '../../src/cli/ui/banner.ts';
import { checkExposure } from '../../src/config/exposure.ts';
import { createLiveSettings } from '../../src/config/live-settings.ts';
import { checkConfig } from '../../src/config/load.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import type { Settings } from '../../src/config/settings.ts';
import { snapshotOf } from '../../src/config/snapshot.ts';
import { clientWithKey, type EdgeSetup, type RunningEdge, runEdge } from './http-kit.ts';

const KEY = 'a-client-key-of-some-length';

async function edgeOn(setup: EdgeSetup): Promise<RunningEdge> {
  const running = await runEdge(setup);
  onTestFinished(() => running.close());
  return running;
}

interface Got {
  readonly status: number;
  readonly text: string;
}

function ask(port: number, headers: Record<string, string> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path: '/v1/chat/completions', method: 'POST', agent: false, headers },
      (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    asked.on('error', reject);
    asked.end('{"model":"m","messages":[]}');
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };

test('14.3 every port of server.compatListeners reaches the same gateway', async () => {
  const { edge, handed } = await edgeOn({ server: { compatListeners: [0, 0, 0] } });
  const ports = edge.ports();
  expect(new Set(ports).size).toBe(4);
  for (const port of ports) {
    const { status, text } = await ask(port, JSON_TYPE);
    expect([status, JSON.parse(text)]).toMatchObject([200, { route: 'chat.completions' }]);
  }
  expect(handed).toHaveLength(4);
});

test('14.3 a further port has the guards of the first: keys, host names and origins', async () => {
  const { edge } = await edgeOn({ server: { compatListeners: [0] }, clients: [clientWithKey('me', KEY)] });
  const [, port = 0] = edge.ports();
  const authorization = `Bearer ${KEY}`;
  expect((await ask(port, JSON_TYPE)).status).toBe(401);
  expect((await ask(port, { ...JSON_TYPE, authorization })).status).toBe(200);
  expect((await ask(port, { ...JSON_TYPE, authorization, host: `evil.example:${port}` })).status).toBe(403);
  expect((await ask(port, { ...JSON_TYPE, authorization, host: `localhost:${port}` })).status).toBe(200);
  const own = { ...JSON_TYPE, authorization, host: `localhost:${port}` };
  expect((await ask(port, { ...own, origin: `http://localhost:${port}` })).status).toBe(200);
  expect((await ask(port, { ...own, origin: 'http://evil.example' })).status).toBe(403);
});

test('14.3 all ports close with the gateway', async () => {
  const running = await runEdge({ server: { compatListeners: [0, 0] } });
  const ports = running.edge.ports();
  await running.close();
  for (const port of ports) await expect(ask(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('14.3 a taken port is an error that names it, and then no port is bound', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const taken = (other.address() as AddressInfo).port;
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
  const port = (free.address() as AddressInfo).port;
  await new Promise((resolve) => free.close(resolve));
  await expect(runEdge({ server: { port, compatListeners: [0, taken] } })).rejects.toMatchObject({
    code: 'EADDRINUSE',
    port: taken,
  });
  await expect(ask(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

function settingsFor(server: object, env: Record<string, string> = {}): Settings {
  const checked = checkConfig({ server, upstreams: [{ id: 'a', provider: 'ollama' }] });
  const resolved = checked.ok ? resolveSettings(checked.value, { env, home: '/home/u' }) : checked;
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  return resolved.settings;
}

test('14.3 each port is bound once, also where PORT names one of them', () => {
  const compatListeners = [4015, 8080, 4015, 3001];
  expect(settingsFor({ compatListeners }).server.compatListeners).toEqual([4015, 8080, 3001]);
  expect(settingsFor({ compatListeners }, { PORT: '8080' }).server).toMatchObject({
    port: 8080,
    compatListeners: [4015, 3001],
  });
  for (const wrong of [[0], [65_536], ['4015'], [1.5]])
    expect(checkConfig({ server: { compatListeners: wrong } }).ok).toBe(false);
});

test('14.3 what other machines can reach needs a client key on every port, because all have one host', () => {
  const open = settingsFor({ host: '0.0.0.0', compatListeners: [4015] });
  expect(checkExposure(open)).toMatchObject({ severity: 'error', path: 'clients' });
});

test('14.3 a changed list is told to take effect at the next start', async () => {
  const first = settingsFor({ compatListeners: [4015] });
  const next = settingsFor({ compatListeners: [4015, 3000] });
  const live = createLiveSettings({
    initial: { settings: first, snapshot: snapshotOf([]) },
    read: () => Promise.resolve({ ok: true, settings: next, warnings: [], snapshot: snapshotOf([]) }),
  });
  const { problems } = await live.reload();
  expect(problems).toMatchObject([{ severity: 'warning', path: 'server.compatListeners' }]);
  expect(live.current().server.compatListeners).toEqual([4015]);
});

test('14.3 the banner shows the further ports', () => {
  const settings = settingsFor({ compatListeners: [4015, 3000] });
  const facts = { version: '1', origin: 'http://127.0.0.1:9208', settings, demo: false };
  expect(banner({ ...facts, furtherPorts: [4015, 3000] })).toContain(
    'Also on     http://127.0.0.1:4015, http://127.0.0.1:3000',
  );
  expect(banner(facts)).not.toContain('Also on');
});
