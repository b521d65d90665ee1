// What looks on at a whole gateway: who may read the metrics, what is noted of keys, and that no sink ever holds a key,
// whatever goes wrong.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Observation, startObservation } from '../../src/cli/observation.ts';
import type { Settings } from '../../src/config/settings.ts';
import { createLog } from '../../src/observe/log.ts';
import { createRedactor } from '../../src/observe/redact.ts';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import { clientWithKey, type Gateway, type GatewaySetup, settingsOf, startGateway } from '../kit/gateway.ts';
import { temporaryFolder } from '../stores/folder.ts';
import { startOtlpReceiver } from './otlp-receiver.ts';

const METRICS = { enabled: true, token: 'metrics-token-0123456789', open: false, keyLabels: true };
const OPERATOR = 'operator-token-0123456789';

interface Setting {
  readonly gateway: Gateway;
  readonly observation: Observation;
  readonly folder: string;
  get(path: string, headers?: Record<string, string>): Promise<{ status: number; text: string }>;
  ask(body: object, headers?: Record<string, string>, path?: string): Promise<number>;
}

/** A gateway with everything that looks on switched on. */
async function start(
  setup: GatewaySetup,
  known: readonly string[] = [],
  parts: GatewaySetup['parts'] = {},
): Promise<Setting> {
  const folder = temporaryFolder();
  const settings: Settings = {
    ...settingsOf({ metrics: METRICS, ...setup }),
    log: { level: 'info', file: undefined, folder: join(folder, 'logs') },
  };
  const redactor = createRedactor();
  redactor.know(known);
  let gateway: Gateway | undefined;
  const started = await startObservation({
    live: {
      current: () => gateway?.settings ?? settings,
      onSwap: () => () => undefined,
    },
    redactor,
    log: { error: (message) => expect.unreachable(message) },
    version: '9.9.9',
    env: process.env,
  });
  if (!started.ok) throw new Error(started.message);
  const { observation } = started;
  const vault = { token: () => OPERATOR } as unknown as NonNullable<GatewaySetup['parts']>['vault'];
  const running = await startGateway({
    metrics: METRICS,
    ...setup,
    parts: { ...observation.parts, ...(vault === undefined ? {} : { vault }), ...parts },
  });
  gateway = running;
  observation.watch(running.app, {});
  onTestFinished(() => running.stop());
  const base = `http://127.0.0.1:${running.port}`;
  return {
    gateway: running,
    observation,
    folder,
    async get(path, headers = {}) {
      const answer = await fetch(base + path, { headers });
      return { status: answer.status, text: await answer.text() };
    },
    async ask(body, headers = {}, path = '/v1/chat/completions') {
      const answer = await fetch(base + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }).catch(() => undefined);
      await answer?.text().catch(() => undefined);
      return answer?.status ?? 0;
    },
  };
}

/** An upstream that does as the model is named: the name is a status, or "cut", or "echo". */
async function upstream(): Promise<string> {
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const { model } = JSON.parse(body) as { model: string };
      const key = request.headers.authorization ?? '';
      const said = {
        error: { message: `Incorrect API key provided: ${key} for ${model}`, type: 'invalid_request_error' },
      };
      if (model === 'cut') return void request.socket.destroy();
      if (/^\d+$/.test(model)) {
        response.writeHead(Number(model), { 'content-type': 'application/json', 'x-key': key });
        return void response.end(JSON.stringify(said));
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      const message = { role: 'assistant', content: `You sent ${key}` };
      response.end(
        JSON.stringify({
          id: key,
          model: `model-${key}`,
          choices: [{ index: 0, message, finish_reason: 'stop' }],
          usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const chat = (model: string): object => ({ model, messages: [{ role: 'user', content: 'hello' }] });

describe('GET /metrics', () => {
  test('10.9 opens for the token of the metrics and for that of the operator, and for nobody else', async () => {
    const { get } = await start({
      upstreams: [{ origin: await upstream() }],
      clients: [clientWithKey('me', 'sk-client-key-0123456789')],
    });
    expect((await get('/metrics')).status).toBe(401);
    expect((await get('/metrics', bearer('wrong'))).status).toBe(401);
    expect((await get('/metrics', bearer(''))).status).toBe(401);
    expect((await get('/metrics', bearer('sk-client-key-0123456789'))).status).toBe(401);
    expect((await get(`/metrics?key=${METRICS.token}`)).status).toBe(401);
    const page = await get('/metrics', bearer(METRICS.token));
    expect(page.status).toBe(200);
    expect(page.text).toContain('sluice_build_info{version="9.9.9"} 1');
    expect((await get('/metrics', bearer(OPERATOR))).status).toBe(200);
    expect((await get('/admin/keys', bearer(METRICS.token))).status).toBe(401);
  });

  test('10.9 is open to programs on the same machine where the operator says so, but not through a proxy on it', async () => {
    const { get } = await start({
      upstreams: [{ origin: await upstream() }],
      metrics: { ...METRICS, open: true, token: undefined },
    });
    expect((await get('/metrics')).status).toBe(200);
    expect((await get('/metrics', { 'x-forwarded-for': '203.0.113.7' })).status).toBe(401);
    expect((await get('/metrics', { origin: 'https://evil.example' })).status).toBe(403);
  });

  test('is not there where metrics are switched off', async () => {
    const { get, observation } = await start({
      upstreams: [{ origin: await upstream() }],
      metrics: { ...METRICS, enabled: false },
    });
    expect((await get('/metrics', bearer(METRICS.token))).status).toBe(404);
    expect(observation.parts.metrics).toBeUndefined();
  });

  test('10.9 tells of keys, limits and what is counted in a gateway that serves', async () => {
    const { get, ask } = await start({
      upstreams: [
        { origin: await upstream(), secrets: ['sk-one-0001', 'sk-two-0002'], keyLimits: { rpm: 10 } },
      ],
    });
    expect(await ask(chat('good'))).toBe(200);
    expect(await ask(chat('401'))).toBe(401);
    const { text } = await get('/metrics', bearer(METRICS.token));
    expect(text).toMatch(
      /sluice_requests_total\{route="chat\.completions",.*status_class="2xx",error_code=""\} 1/,
    );
    expect(text).toContain('sluice_keys{upstream="one",state="quarantined"} 2');
    expect(text).toMatch(/sluice_key_state\{upstream="one",key="k1",state="quarantined"\} 1/);
    expect(text).toMatch(/sluice_limit_used_ratio\{upstream="one",level="key",kind="rpm"\} 0\.[12]/);
    expect(text).toContain('sluice_attempts_total{upstream="one",outcome="failed",reason="bad-key"} 2');
    expect(text).toContain('sluice_requests_in_flight 0');
    expect(text).toContain('sluice_queue_length 0');
  });
});

describe('the log of keys', () => {
  test('10.3 notes that a key is refused, rests, is asked in place of another and works again', async () => {
    const { gateway, ask, observation, folder } = await start({
      upstreams: [{ origin: await upstream(), secrets: ['sk-one-0001', 'sk-two-0002'] }],
    });
    await ask(chat('401'));
    gateway.app.memory.pool.standings.reset('one', 'k1');
    await ask(chat('good'));
    await observation.shut();
    const logs = join(folder, 'logs');
    const name = readdirSync(logs).find((one) => one.startsWith('keys.')) ?? '';
    const events = readFileSync(join(logs, name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ event, key_id }) => `${event} ${key_id}`)).toEqual([
      'quarantined k1',
      'quarantined k2',
      'rotated k1',
      'reset k1',
    ]);
    expect(events[0]).toMatchObject({ upstream_id: 'one', reason: 'bad-key', status: 401 });
    expect(JSON.stringify(events)).not.toContain('sk-one');
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

describe('a canary key', () => {
  test('10.11 is in no sink, whatever goes wrong: logs, log files, metrics, traces, ledger, feed', async () => {
    const collector = await startOtlpReceiver();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      await collector.close();
    });
    const secrets = ['CANARY-plain-upstream-key-1', 'sk-CANARYshaped0123456789', 'CANARY+with/odd=="signs"'];
    const clientKey = 'CANARY-client-key-0123456789';
    const shaped = 'sk-ant-api03-CANARYmodel0123456789';
    const sinks = temporaryFolder();
    const redactor = createRedactor();
    redactor.know([...secrets, METRICS.token, OPERATOR]);
    const log = createLog({ level: 'debug', file: join(sinks, 'sluice.log'), terminal: false, redactor });
    const opened = await openLedger({
      path: join(sinks, 'sluice.db'),
      retentionDays: 90,
      onTrouble: (message) => expect.unreachable(message),
      redact: redactor.redact,
    });
    if (!opened.ok || !log.ok) throw new Error('could not open');
    const setting = await start(
      {
        upstreams: [
          { id: 'one', origin: await upstream(), secrets, priority: 1 },
          { id: 'gone', origin: 'http://127.0.0.1:9', secrets: ['CANARY-of-nobody-0001'] },
        ],
        clients: [clientWithKey('me', clientKey)],
      },
      [...secrets, 'CANARY-of-nobody-0001'],
      { ledger: opened.ledger, log: log.log },
    );
    const heard: string[] = [];
    setting.observation.feed.subscribe((event) => void heard.push(JSON.stringify(event)));
    const me = bearer(clientKey);
    for (const model of ['good', '400', '401', '402', '403', '404', '429', '500', '503', 'cut', shaped]) {
      for (const path of ['/v1/chat/completions', '/v1/messages']) {
        await setting.ask(
          { ...chat(model), max_tokens: 5 },
          { ...me, 'session-id': shaped, 'x-openai-subagent': shaped },
          path,
        );
        for (const key of setting.gateway.settings.upstreams[0]?.keys ?? [])
          setting.gateway.app.memory.pool.standings.reset('one', key.id);
      }
    }
    await setting.ask(chat('good'), bearer('CANARY-wrong-client-key-01'));
    await setting.ask(chat('good'), me, `/v1/CANARY-path?key=${clientKey}`);
    const { text: metrics } = await setting.get('/metrics', bearer(METRICS.token));
    await setting.observation.shut();
    await opened.ledger.flush();
    await log.log.close();
    const files = [...filesBelow(sinks), ...filesBelow(setting.folder)];
    const written = files.map((path) => readFileSync(path, 'latin1'));
    const all = [...written, metrics, ...heard, ...collector.raw];
    await opened.ledger.shut();
    // Something has reached each of them.
    expect(heard.length).toBeGreaterThanOrEqual(22);
    expect(collector.spans.length).toBeGreaterThan(40);
    expect(metrics).toContain('model="[redacted]"');
    expect(written.filter((text) => text !== '').length).toBeGreaterThanOrEqual(5);
    expect(all.join('\n')).toContain('[redacted]');
    for (const text of all) expect(/.{0,60}CANARY.{0,20}/.exec(text)?.[0]).toBeUndefined();
  });
});
