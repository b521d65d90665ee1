// Traces over real sockets: a client, the gateway, upstreams that note what they are sent, and a collector.

import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createTracing, type Tracing } from '../../src/observe/trace/tracing.ts';
import { tracingWanted } from '../../src/observe/trace/wanted.ts';
import { type Gateway, type GatewaySetup, startGateway } from '../kit/gateway.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './otlp-receiver.ts';

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'model-1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'ANSWER-TEXT' }, finish_reason: 'stop' }],
  usage: {
    prompt_tokens: 12,
    completion_tokens: 3,
    total_tokens: 15,
    prompt_tokens_details: { cached_tokens: 5 },
  },
};

interface Upstream {
  readonly origin: string;
  readonly heard: IncomingHttpHeaders[];
}

async function upstream(status = 200): Promise<Upstream> {
  const heard: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    heard.push(request.headers);
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify(status === 200 ? ANSWER : { error: { message: 'busy', type: 'server_error' } }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

interface Setting {
  readonly collector: OtlpReceiver;
  readonly gateway: Gateway;
  readonly tracing: Tracing;
}

async function start(
  upstreams: GatewaySetup['upstreams'],
  env: Record<string, string> = {},
  collectorStatus = 200,
): Promise<Setting> {
  const collector = await startOtlpReceiver(collectorStatus);
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const tracing = createTracing({
    version: '9.9.9',
    settings: () => gateway.settings,
    redact: (text) => text.replaceAll('SECRET', '[redacted]'),
  });
  const gateway = await startGateway({ upstreams, lenses: [tracing.lens] });
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await gateway.stop();
    await collector.close();
  });
  return { collector, gateway, tracing };
}

async function ask(
  { gateway }: Setting,
  headers: Record<string, string> = {},
  model = 'model-1',
): Promise<Response> {
  const answer = await fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'PROMPT-TEXT' }] }),
  });
  await answer.text();
  return answer;
}

const PARENT = '4bf92f3577b34da6a3ce929d0e0e4736';

function byKind(spans: readonly ReceivedSpan[], kind: number): ReceivedSpan[] {
  return spans.filter((span) => span.kind === kind);
}

describe('traces', () => {
  test('10.9 an exchange is a span under that of its client, and its attempt one under it, as the upstream is told', async () => {
    const one = await upstream();
    const setting = await start([{ origin: one.origin }]);
    await ask(setting, {
      traceparent: `00-${PARENT}-00f067aa0ba902b7-01`,
      tracestate: 'vendor=value',
      'session-id': 'talk-SECRET',
    });
    await setting.tracing.shut();
    const [server] = byKind(setting.collector.spans, 2);
    const [client] = byKind(setting.collector.spans, 3);
    expect(setting.collector.spans).toHaveLength(2);
    expect(server).toMatchObject({
      traceId: PARENT,
      parentSpanId: '00f067aa0ba902b7',
      name: 'POST chat.completions',
      traceState: 'vendor=value',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'plain',
        'gen_ai.request.model': 'model-1',
        'gen_ai.response.model': 'model-1',
        'gen_ai.usage.input_tokens': 12,
        'gen_ai.usage.output_tokens': 3,
        'gen_ai.usage.cache_read.input_tokens': 5,
        'gen_ai.conversation.id': 'talk-[redacted]',
        'http.response.status_code': 200,
        'sluice.upstream': 'one',
        'sluice.key.id': 'k1',
        'sluice.attempts': 1,
      },
      resource: { 'service.name': 'sluice', 'service.version': '9.9.9' },
    });
    expect(client).toMatchObject({
      traceId: PARENT,
      parentSpanId: server?.spanId,
      name: 'chat model-1',
      attributes: {
        'server.address': '127.0.0.1',
        'http.response.status_code': 200,
        'sluice.upstream': 'one',
      },
    });
    expect(one.heard[0]?.['traceparent']).toBe(`00-${PARENT}-${client?.spanId}-01`);
    expect(one.heard[0]?.['tracestate']).toBe('vendor=value');
    expect(server?.endMs).toBeGreaterThanOrEqual(server?.startMs ?? Number.NaN);
    expect(client?.startMs).toBeGreaterThanOrEqual(server?.startMs ?? Number.NaN);
  });

  test('10.9 the span of an attempt names the model that was asked of the upstream, not the one that it says it is', async () => {
    const one = await upstream();
    const setting = await start([{ origin: one.origin, aliases: { fast: 'model-0' } }]);
    await ask(setting, {}, 'fast');
    await setting.tracing.shut();
    const [server] = byKind(setting.collector.spans, 2);
    const [client] = byKind(setting.collector.spans, 3);
    expect(server?.attributes).toMatchObject({
      'gen_ai.request.model': 'fast',
      'gen_ai.response.model': 'model-1',
    });
    expect(client?.name).toBe('chat model-0');
    expect(client?.attributes).toMatchObject({ 'gen_ai.request.model': 'model-0', 'sluice.upstream': 'one' });
  });

  test('10.9 each attempt has a span of its own, and those that failed say why', async () => {
    const [bad, good] = [await upstream(503), await upstream()];
    const setting = await start([
      { id: 'bad', origin: bad.origin, priority: 1 },
      { id: 'good', origin: good.origin },
    ]);
    await ask(setting);
    await setting.tracing.shut();
    const [server] = byKind(setting.collector.spans, 2);
    const clients = byKind(setting.collector.spans, 3);
    expect(clients.map(({ attributes }) => attributes['sluice.upstream'])).toEqual(['bad', 'good']);
    expect(clients.map(({ attributes }) => attributes['sluice.attempt.ordinal'])).toEqual([1, 2]);
    expect(clients.map(({ parentSpanId }) => parentSpanId)).toEqual([server?.spanId, server?.spanId]);
    expect(clients.map(({ status }) => status.code ?? 0)).toEqual([2, 0]);
    expect(clients[0]?.attributes).toMatchObject({
      'sluice.attempt.reason': 'overloaded',
      'http.response.status_code': 503,
    });
    expect(server?.status.code ?? 0).toBe(0);
    const told = [...bad.heard, ...good.heard].map(({ traceparent }) => traceparent);
    expect(told).toEqual(clients.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`));
  });

  test('an exchange that failed is an error with the code of the gateway', async () => {
    const bad = await upstream(503);
    const setting = await start([{ origin: bad.origin }]);
    await ask(setting);
    await setting.tracing.shut();
    const [server] = byKind(setting.collector.spans, 2);
    expect(server?.status.code).toBe(2);
    expect(server?.attributes['error.type']).toBe('upstream_error');
  });

  test('no prompt, answer or key is in what the collector gets, and its headers are those of the environment', async () => {
    const one = await upstream();
    const setting = await start([{ origin: one.origin, secrets: ['sk-canary-upstream-0001'] }], {
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-token=abc',
      OTEL_SERVICE_NAME: 'my-gateway',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
    });
    await ask(setting, { authorization: 'Bearer sk-canary-client-0001' }, 'SECRET-model');
    await setting.tracing.shut();
    const all = setting.collector.raw.join('\n');
    expect(all).toContain('x-collector-token');
    expect(all).not.toMatch(/PROMPT-TEXT|ANSWER-TEXT|canary|SECRET/);
    expect(setting.collector.spans[0]?.resource).toMatchObject({
      'service.name': 'my-gateway',
      'deployment.environment': 'test',
    });
  });

  test('the sampler of the environment decides, and what is not kept still tells the upstream its place', async () => {
    const one = await upstream();
    const setting = await start([{ origin: one.origin }], { OTEL_TRACES_SAMPLER: 'parentbased_always_off' });
    await ask(setting);
    await ask(setting, { traceparent: `00-${PARENT}-00f067aa0ba902b7-01` });
    await setting.tracing.shut();
    expect(new Set(setting.collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([PARENT]));
    expect(one.heard[0]?.['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(one.heard[1]?.['traceparent']).toMatch(new RegExp(`^00-${PARENT}-[0-9a-f]{16}-01$`));
  });

  test.each(['', 'nonsense', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `ff-${PARENT}-00f067aa0ba902b7-01`])(
    'a traceparent that is none (%s) begins a trace of its own',
    async (traceparent) => {
      const one = await upstream();
      const setting = await start([{ origin: one.origin }]);
      await ask(setting, { traceparent, tracestate: 'vendor=value' });
      await setting.tracing.shut();
      const [server] = byKind(setting.collector.spans, 2);
      expect(server?.parentSpanId ?? '').toBe('');
      expect(server?.traceId).not.toBe(PARENT);
      expect(one.heard[0]?.['tracestate']).toBeUndefined();
    },
  );

  test('a collector that refuses costs the client nothing, and what is lost is counted', async () => {
    const one = await upstream();
    const setting = await start([{ origin: one.origin }], {}, 400);
    expect((await ask(setting)).status).toBe(200);
    await setting.tracing.shut();
    expect(setting.tracing.counts()).toEqual({ exported: 0, lost: 2 });
  });

  test('a collector that is not there does not keep the gateway from stopping', async () => {
    const one = await upstream();
    const setting = await start([{ origin: one.origin }]);
    await setting.collector.close();
    expect((await ask(setting)).status).toBe(200);
    const shut = setting.tracing.shut();
    await expect(shut).resolves.toBeUndefined();
  });

  test('without traces the header of the client goes on as it is', async () => {
    const one = await upstream();
    const gateway = await startGateway({ upstreams: [{ origin: one.origin }] });
    onTestFinished(() => gateway.stop());
    const headers = { traceparent: `00-${PARENT}-00f067aa0ba902b7-01` };
    await fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'model-1', messages: [{ role: 'user', content: 'hello' }] }),
    });
    expect(one.heard[0]?.['traceparent']).toBe(headers.traceparent);
  });

  test('they are made only where a collector is named', () => {
    expect(tracingWanted({})).toBe(false);
    expect(tracingWanted({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' })).toBe(false);
    expect(tracingWanted({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c' })).toBe(true);
    expect(tracingWanted({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c' })).toBe(true);
    expect(tracingWanted({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_SDK_DISABLED: 'true' })).toBe(false);
    expect(tracingWanted({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_TRACES_EXPORTER: 'none' })).toBe(
      false,
    );
  });
});
