// Routes that put a model of their own in the place of any that is asked for.

import { describe, expect, it } from 'vitest';
import { ask } from '../kit/client.ts';
import { ANSWER } from '../kit/fault-upstream.ts';
import { MODEL_PATHS, nameless, namesIn } from '../kit/model-paths.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

describe.each(MODEL_PATHS)('4.1 a forced model, %s,', (_, { from, to, stream }) => {
  const wire = wires[from];

  it('is asked for whatever the client asks, who sees its own name', async () => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, dialects: [to], models: ['forced'] }],
      route: { forceModel: 'forced' },
    });
    for (const asked of ['mine', 'forced', 'nowhere-to-be-found']) {
      const answer = await ask(gateway.port, wire.request(asked, stream, 'Hello'));
      expect([answer.status, upstream.turns.at(-1)?.model]).toEqual([200, 'forced']);
      expect(wire.understand(answer.text(), stream).text).toBe(ANSWER);
      expect(namesIn(answer.text())).toEqual([asked]);
      const row = await gateway.row(answer.header('x-sluice-request-id'));
      expect([row.modelAsked, row.modelServed]).toEqual([asked, 'forced']);
    }
    const answer = await ask(gateway.port, nameless(from, stream, 'missing'));
    expect([answer.status, upstream.turns.at(-1)?.model]).toEqual([200, 'forced']);
    expect(namesIn(answer.text())).toEqual(['forced']);
  });

  it('goes through aliases and addresses like any other name', async () => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'other', origin: 'http://127.0.0.1:1', dialects: [to] },
        { origin: upstream.origin, dialects: [to], aliases: { local: 'real' } },
      ],
      aliases: { house: 'one/local' },
      route: { forceModel: 'house' },
    });
    const answer = await ask(gateway.port, wire.request('mine', stream, 'Hello'));
    expect([answer.status, upstream.turns[0]?.model, namesIn(answer.text())]).toEqual([
      200,
      'real',
      ['mine'],
    ]);
  });
});

describe('4.1 a forced model', () => {
  it('changes nothing in the body but the name', async () => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      route: { forceModel: 'forced' },
    });
    const body = '{ "x": 1.50,"model" : "m\\u0069ne","messages":[ ] }';
    await ask(gateway.port, { path: '/v1/chat/completions', body });
    expect(upstream.turns[0]?.request.body.toString()).toBe(body.replace('"m\\u0069ne"', '"forced"'));
  });

  it('is chosen by the name that the client wrote', async () => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, aliases: { nice: 'gpt-9' } }],
      routes: [{ id: 'r', models: ['gpt-*'], forceModel: 'forced' }],
    });
    const served = async (asked: string): Promise<string | undefined> => {
      await ask(gateway.port, wires['openai-chat'].request(asked, false, 'Hello'));
      return upstream.turns.at(-1)?.model;
    };
    expect(await served('gpt-9')).toBe('forced');
    expect(await served('nice')).toBe('gpt-9');
    expect(await served('one/gpt-9')).toBe('gpt-9');
  });

  it('that nobody offers is an error that names it and its route', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, models: ['forced'] }],
      route: { forceModel: 'force' },
    });
    const answer = await ask(gateway.port, wires['openai-chat'].request('mine', false, 'Hello'));
    expect(answer.status).toBe(404);
    expect(answer.text()).toContain('\\"force\\" of the route \\"default\\"');
    expect(answer.text()).toContain('Did you mean forced?');
  });

  it.each([
    ['/v1/messages/count_tokens', '{"model":"mine","messages":[]}', '{"model":"forced","messages":[]}'],
    ['/v1/responses/input_tokens', '{"model":"mine","input":"x"}', '{"model":"forced","input":"x"}'],
    ['/v1/embeddings', '{"model":"mine","input":"x"}', '{"model":"forced","input":"x"}'],
    ['/v1/completions', '{"model":"mine","prompt":"x"}', '{"model":"forced","prompt":"x"}'],
    ['/v1/responses', '{"prompt":{"id":"p"}}', '{"model":"forced","prompt":{"id":"p"}}'],
    [
      '/v1beta/models/mine:countTokens',
      '{"generateContentRequest":{"model":"models/mine","contents":[]}}',
      '{"generateContentRequest":{"model":"models/forced","contents":[]}}',
    ],
    [
      '/v1beta/models/mine:embedContent',
      '{"model":"models/mine","content":{"parts":[]}}',
      '{"model":"models/forced","content":{"parts":[]}}',
    ],
    [
      '/v1beta/models/mine:batchEmbedContents',
      '{"requests":[{"model":"models/mine","content":{"parts":[]}},{"model":"models/mine","x":1}]}',
      '{"requests":[{"model":"models/forced","content":{"parts":[]}},{"model":"models/forced","x":1}]}',
    ],
  ])('holds for %s', async (path, body, sent) => {
    const upstream = await provider((turn) => turn.whole(200, '{"totalTokens":1,"input_tokens":1}'));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      route: { forceModel: 'forced' },
    });
    await ask(gateway.port, { path, body });
    const { request } = upstream.turns[0] ?? {};
    expect([request?.target, request?.body.toString()]).toEqual([path.replace('mine', 'forced'), sent]);
  });

  it.each([
    ['/v1/moderations', '{"model":"omni-moderation-latest","input":"x"}'],
    ['/v1/images/generations', '{"model":"gpt-image-2","prompt":"x"}'],
    ['/v1/audio/speech', '{"model":"tts-1","input":"x"}'],
  ])('leaves alone what is no chat: %s', async (path, body) => {
    const upstream = await provider((turn) => turn.whole(200, '{}'));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      route: { forceModel: 'forced' },
    });
    await ask(gateway.port, { path, body });
    expect(upstream.turns[0]?.request.body.toString()).toBe(body);
  });
});
