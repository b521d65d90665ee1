// Names that end in an effort: the model is asked without the ending, and told how hard to think in its own terms.

import { describe, expect, it } from 'vitest';
import { EFFORTS } from '../../src/core/model/request.ts';
import { ask } from '../kit/client.ts';
import { ANSWER } from '../kit/fault-upstream.ts';
import type { GatewaySetup } from '../kit/gateway.ts';
import { MODEL_PATHS, namesIn } from '../kit/model-paths.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at, wires } from '../kit/wire.ts';

type Setup = GatewaySetup['upstreams'][number];

/** Models that reason, by the format in which they are asked. */
const MODELS = {
  'openai-chat': 'gpt-5.5',
  'openai-responses': 'gpt-5.5',
  'anthropic-messages': 'claude-opus-4-8',
  gemini: 'gemini-3-pro-preview',
} as const;

/** Where a request says its effort. */
const EFFORT_AT = {
  'openai-chat': ['reasoning_effort'],
  'openai-responses': ['reasoning', 'effort'],
  'anthropic-messages': ['output_config', 'effort'],
  gemini: ['generationConfig', 'thinkingConfig', 'thinkingLevel'],
} as const;

describe.each(MODEL_PATHS)('3.25 a suffix, %s,', (_, { from, to, stream }) => {
  const wire = wires[from];
  const model = MODELS[to];
  const setUp = async (setup: Partial<Setup> = {}, more: Omit<GatewaySetup, 'upstreams'> = {}) => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      ...more,
      upstreams: [{ origin: upstream.origin, dialects: [to], ...setup }],
    });
    return { upstream, gateway };
  };

  it('becomes the effort of the model, and the client sees the name that it asked for', async () => {
    const { upstream, gateway } = await setUp();
    const asked = `${model}-reasoning-low`;
    const answer = await ask(gateway.port, wire.request(asked, stream, 'Hello'));
    expect([answer.status, upstream.turns[0]?.model]).toEqual([200, model]);
    const sent: unknown = JSON.parse(upstream.turns[0]?.request.body.toString() ?? '');
    expect(String(at(sent, ...EFFORT_AT[to])).toLowerCase()).toBe('low');
    expect(wire.understand(answer.text(), stream)).toEqual({
      text: ANSWER,
      complete: true,
      error: undefined,
    });
    expect(namesIn(answer.text())).toEqual([asked]);
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect([row.modelAsked, row.modelServed]).toEqual([asked, model]);
  });

  it('is left in a name that is listed, or an alias, as it stands', async () => {
    const asked = `${model}-reasoning-low`;
    for (const [setup, more, served] of [
      [{ models: [asked, model] }, {}, asked],
      [{ models: [`${model}*`] }, {}, asked],
      [{ aliases: { [asked]: 'real' } }, {}, 'real'],
      [{ aliases: { [`${model}-rea*`]: 'real' } }, {}, 'real'],
      [{}, { aliases: { [asked]: 'real' } }, 'real'],
      [{}, { aliases: { [asked]: asked } }, asked],
    ] as const) {
      const { upstream, gateway } = await setUp(setup, more);
      const sending = wire.request(asked, stream, 'Hello');
      const answer = await ask(gateway.port, sending);
      expect([answer.status, upstream.turns[0]?.model]).toEqual([200, served]);
      const sent: unknown = JSON.parse(upstream.turns[0]?.request.body.toString() ?? '');
      expect(at(sent, ...EFFORT_AT[to])).toBeUndefined();
      expect(namesIn(answer.text())).toEqual([asked]);
    }
  });

  it('may follow an alias, an address or a listed name, and stand behind a global alias or a forced model', async () => {
    const setup = { models: [model], aliases: { nice: model } };
    for (const [asked, more] of [
      ['nice-reasoning-low', {}],
      [`one/${model}-reasoning-low`, {}],
      ['one/nice-reasoning-low', {}],
      [`${model}-reasoning-low`, {}],
      ['thinker', { aliases: { thinker: `${model}-reasoning-low` } }],
      ['house-reasoning-low', { aliases: { house: model } }],
      ['whatever', { route: { forceModel: `${model}-reasoning-low` } }],
    ] as const) {
      const { upstream, gateway } = await setUp(setup, more);
      const answer = await ask(gateway.port, wire.request(asked, stream, 'Hello'));
      expect([asked, answer.status, upstream.turns[0]?.model]).toEqual([asked, 200, model]);
      const sent: unknown = JSON.parse(upstream.turns[0]?.request.body.toString() ?? '');
      expect(String(at(sent, ...EFFORT_AT[to])).toLowerCase()).toBe('low');
      expect(namesIn(answer.text())).toEqual([asked]);
    }
  });
});

describe('3.25 the effort of a name', () => {
  const send = async (path: string, body: object): Promise<unknown> => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, traits: [] }] });
    const answer = await ask(gateway.port, { path, body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
    return JSON.parse(upstream.turns[0]?.request.body.toString() ?? '');
  };
  const user = { role: 'user', content: 'Hello' };

  it.each(EFFORTS)('can be %s', async (effort) => {
    const sent = await send('/v1/messages', {
      model: `claude-opus-4-8-reasoning-${effort}`,
      max_tokens: 100_000,
      messages: [user],
    });
    expect(at(sent, 'thinking')).toEqual({ type: 'adaptive' });
    expect(at(sent, 'output_config', 'effort')).toBe(effort === 'minimal' ? 'low' : effort);
  });

  it('can be none, which switches reasoning off', async () => {
    const chat = await send('/v1/chat/completions', { model: 'gpt-5.5-reasoning-none', messages: [user] });
    expect(at(chat, 'reasoning_effort')).toBe('none');
    const messages = await send('/v1/messages', {
      model: 'claude-opus-4-8-reasoning-none',
      max_tokens: 100,
      messages: [user],
      thinking: { type: 'adaptive' },
    });
    expect(at(messages, 'thinking')).toEqual({ type: 'disabled' });
  });

  it.each([
    [
      '/v1/chat/completions',
      { model: 'gpt-5.5-reasoning-high', messages: [user], reasoning_effort: 'low' },
      ['reasoning_effort'],
    ],
    [
      '/v1/responses',
      { model: 'gpt-5.5-reasoning-high', input: 'Hello', reasoning: { effort: 'low', summary: 'auto' } },
      ['reasoning', 'effort'],
    ],
    [
      '/v1/messages',
      {
        model: 'claude-opus-4-8-reasoning-high',
        max_tokens: 100,
        messages: [user],
        output_config: { effort: 'low' },
      },
      ['output_config', 'effort'],
    ],
  ] as const)('comes before what the body asks for (%s)', async (path, body, place) => {
    expect(at(await send(path, body), ...place)).toBe('high');
  });

  it('comes before a budget of tokens, and leaves what is to be shown as it was', async () => {
    const sent = await send('/v1/responses', {
      model: 'gpt-5.5-reasoning-high',
      input: 'Hello',
      reasoning: { effort: 'low', summary: 'auto' },
    });
    expect(at(sent, 'reasoning')).toEqual({ effort: 'high', summary: 'auto' });
    const gemini = await send('/v1beta/models/gemini-2.5-pro-reasoning-high:generateContent', {
      contents: [{ role: 'user', parts: [{ text: 'Hello' }] }],
      generationConfig: { thinkingConfig: { thinkingBudget: 512, includeThoughts: true } },
    });
    expect(at(gemini, 'generationConfig', 'thinkingConfig')).toEqual({
      thinkingBudget: 24_576,
      includeThoughts: true,
    });
  });

  it.each([
    'gpt-5.5-reasoning-',
    'gpt-5.5-reasoning-hard',
    'gpt-5.5-reasoning',
    '-reasoning-high',
    'a-reasoning-HIGH',
  ])('is not read out of %s', async (model) => {
    const body = { model, messages: [user] };
    expect(await send('/v1/chat/completions', body)).toEqual(body);
  });

  it('is only taken off where tokens are counted, and not known to embeddings and completions', async () => {
    const upstream = await provider((turn) => turn.whole(200, '{"input_tokens":1}'));
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    for (const [path, more, model] of [
      ['/v1/messages/count_tokens', { messages: [] }, 'm'],
      ['/v1/embeddings', { input: 'x' }, 'm-reasoning-high'],
      ['/v1/completions', { prompt: 'x' }, 'm-reasoning-high'],
    ] as const) {
      await ask(gateway.port, { path, body: JSON.stringify({ model: 'm-reasoning-high', ...more }) });
      expect(JSON.parse(upstream.turns.at(-1)?.request.body.toString() ?? '')).toEqual({ model, ...more });
    }
  });

  it('is lost, and said to be, at a model that cannot be told', async () => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, dialects: ['anthropic-messages'] }],
    });
    const body = JSON.stringify({ model: 'claude-3-haiku-reasoning-high', messages: [user] });
    const answer = await ask(gateway.port, { path: '/v1/chat/completions', body });
    expect([answer.status, upstream.turns[0]?.model]).toEqual([200, 'claude-3-haiku']);
    expect(answer.header('x-sluice-loss')).toMatch(/reasoning/);
  });
});
