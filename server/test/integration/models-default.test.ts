// Requests that name no model, and routes that give them one.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { ask } from '../kit/client.ts';
import { clientWithKey } from '../kit/gateway.ts';
import { MODEL_PATHS, NAMELESS, nameless, namesIn, servedAs } from '../kit/model-paths.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

describe.each(MODEL_PATHS)('4.1 a request that names no model, %s,', (_, { from, to, stream }) => {
  const wire = wires[from];

  it('is served with the default of its route, which the client is shown', async () => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, dialects: [to], aliases: { standard: 'real-model' } }],
      route: { defaultModel: 'standard' },
    });
    for (const way of NAMELESS) {
      const answer = await ask(gateway.port, nameless(from, stream, way));
      expect([way, answer.status, upstream.turns.at(-1)?.model]).toEqual([way, 200, 'real-model']);
      expect(wire.understand(answer.text(), stream)).toMatchObject({ complete: true, error: undefined });
      expect(namesIn(answer.text())).toEqual(['standard']);
      const row = await gateway.row(answer.header('x-sluice-request-id'));
      expect([row.modelAsked, row.modelServed]).toEqual(['standard', 'real-model']);
    }
  });

  it('leaves a request alone that names one', async () => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, dialects: [to] }],
      route: { defaultModel: 'standard' },
    });
    await ask(gateway.port, wire.request('mine', stream, 'Hello'));
    expect(upstream.turns[0]?.model).toBe('mine');
  });
});

describe.each(DIALECT_IDS)('4.1 without a default, %s', (from) => {
  it('is told in its own format what is missing and what to do', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    for (const way of NAMELESS) {
      for (const stream of [false, true]) {
        const answer = await ask(gateway.port, nameless(from, stream, way));
        expect(answer.status).toBe(400);
        const { error } = wires[from].understand(answer.text(), false);
        expect(error).toMatch(/^The request names no model\./);
        expect(error).toContain("Send the name of a model in 'model', or set routing.defaultModel");
      }
    }
    expect(upstream.turns).toEqual([]);
    expect(gateway.closed.every(({ errorCode }) => errorCode === 'invalid_request')).toBe(true);
  });
});

describe('4.1 the body of a request without a model', () => {
  it.each([
    ['{"messages":[],"stream":false}', '{"model":"d","messages":[],"stream":false}'],
    ['  { "messages" : [ ] }', '  {"model":"d", "messages" : [ ] }'],
    ['{"messages":[],"model": null , "x":1.50}', '{"messages":[],"model": "d" , "x":1.50}'],
    ['{"model":"","messages":[]}', '{"model":"d","messages":[]}'],
    ['{}', '{"model":"d"}'],
    [
      '{"stream":true,"messages":[]}',
      '{"stream_options":{"include_usage":true},"model":"d","stream":true,"messages":[]}',
    ],
  ])('%s goes on with nothing but the model put in', async (body, sent) => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      route: { defaultModel: 'd' },
    });
    await ask(gateway.port, { path: '/v1/chat/completions', body });
    expect(upstream.turns[0]?.request.body.toString()).toBe(sent);
  });

  it.each(['7', 'true', '["m"]', '{}'])('is refused where the model is %s', async (model) => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      route: { defaultModel: 'd' },
    });
    const body = `{"model":${model},"messages":[]}`;
    const answer = await ask(gateway.port, { path: '/v1/chat/completions', body });
    expect([answer.status, upstream.turns.length]).toEqual([400, 0]);
    expect(answer.text()).toContain("'model' must be a string");
  });
});

describe('4.1 a default', () => {
  it('is that of the route, which a client without a model has by its own id', async () => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      clients: [clientWithKey('a', 'key-of-a-00001'), clientWithKey('b', 'key-of-b-00001')],
      routes: [{ id: 'ra', clients: ['a'], defaultModel: 'of-a' }],
      route: { defaultModel: 'of-all' },
    });
    for (const [key, model] of [
      ['key-of-a-00001', 'of-a'],
      ['key-of-b-00001', 'of-all'],
    ]) {
      await ask(gateway.port, {
        ...nameless('openai-chat', false, 'missing'),
        headers: ['Authorization', `Bearer ${key}`],
      });
      expect(upstream.turns.at(-1)?.model).toBe(model);
    }
  });

  it('that nobody offers is an error that names it and its route', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, models: ['there'] }],
      route: { defaultModel: 'ther' },
    });
    const answer = await ask(gateway.port, nameless('openai-chat', false, 'missing'));
    expect(answer.status).toBe(404);
    expect(answer.text()).toContain('\\"ther\\" of the route \\"default\\"');
    expect(answer.text()).toContain('Did you mean there?');
  });

  it('does not stand in for the model of a stored prompt or of a moderation', async () => {
    const upstream = await provider((turn) => turn.whole(200, '{"id":"x","output":[],"results":[]}'));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      route: { defaultModel: 'd' },
    });
    for (const [path, body] of [
      ['/v1/responses', '{"prompt":{"id":"p"},"input":"x"}'],
      ['/v1/moderations', '{"input":"x"}'],
    ] as const) {
      await ask(gateway.port, { path, body });
      expect(upstream.turns.at(-1)?.request.body.toString()).toBe(body);
    }
  });

  it('holds for counts and embeddings too', async () => {
    const upstream = await provider((turn) =>
      turn.whole(200, '{"input_tokens":3,"data":[{"index":0,"embedding":[1]}],"model":"d","object":"list"}'),
    );
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      route: { defaultModel: 'd' },
    });
    for (const [path, body] of [
      ['/v1/messages/count_tokens', '{"messages":[]}'],
      ['/v1/responses/input_tokens', '{"input":"x"}'],
      ['/v1/embeddings', '{"input":"x"}'],
    ] as const) {
      const answer = await ask(gateway.port, { path, body });
      expect([answer.status, upstream.turns.at(-1)?.model]).toEqual([200, 'd']);
    }
  });

  it('is counted with where no upstream can count', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, dialects: ['openai-chat'] }],
      route: { defaultModel: 'd' },
    });
    const body = '{"messages":[{"role":"user","content":"Hello"}]}';
    const answer = await ask(gateway.port, { path: '/v1/messages/count_tokens', body });
    expect([answer.status, answer.header('x-sluice-estimated')]).toEqual([200, 'true']);
    expect(upstream.turns).toEqual([]);
  });
});

describe('4.1 with echoModel upstream', () => {
  it('a request without a model is shown the name of the upstream', async () => {
    const upstream = await provider(servedAs('real-2026'));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      route: { defaultModel: 'd', echoModel: 'upstream' },
    });
    const answer = await ask(gateway.port, nameless('openai-chat', false, 'missing'));
    expect(namesIn(answer.text())).toEqual(['real-2026']);
  });
});
