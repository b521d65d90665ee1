// The list of models over all upstreams, in the shape of whoever asks.

import { describe, expect, it } from 'vitest';
import { secretOf } from '../kit/asking.ts';
import { ask, type Received } from '../kit/client.ts';
import type { Behaviour } from '../kit/fault-upstream.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at } from '../kit/wire.ts';

const openaiList: Behaviour = (turn) =>
  turn.whole(
    200,
    '{"object":"list","data":[{"id":"gpt-9","object":"model","created":7,"owned_by":"openai","extra":{"deep":1}},{"id":"shared","object":"model"}]}',
  );
const geminiList: Behaviour = (turn) =>
  turn.whole(
    200,
    '{"models":[{"name":"models/gemini-9","displayName":"Gemini 9","inputTokenLimit":5},{"name":"models/shared"}]}',
  );

const json = (answer: Received): unknown => JSON.parse(answer.text());
const ids = (answer: Received, list: string, member: string): unknown[] => {
  const items = at(json(answer), list);
  return Array.isArray(items) ? items.map((item) => at(item, member)) : [];
};

async function two(): ReturnType<typeof start> {
  return start();
}

async function start() {
  const openai = await provider(openaiList);
  const gemini = await provider(geminiList);
  const gateway = await gatewayWith({
    upstreams: [
      {
        id: 'o',
        origin: openai.origin,
        dialects: ['openai-chat'],
        priority: 1,
        secrets: ['sk-openai-000001'],
      },
      { id: 'g', origin: gemini.origin, dialects: ['gemini'], secrets: ['AIza-gemini-00001'] },
      {
        id: 'fixed',
        origin: 'http://127.0.0.1:1',
        dialects: ['anthropic-messages'],
        models: ['claude-9', 'claude-x-*'],
        aliases: { sonnet: 'claude-9' },
      },
    ],
    aliases: { default: 'gpt-9' },
  });
  return { openai, gemini, gateway };
}

describe('the list', () => {
  it('is asked for with a key that is in use', async () => {
    const openai = await provider(openaiList);
    const secrets = ['sk-off-0000000001', 'sk-on-00000000001'];
    const gateway = await gatewayWith({ upstreams: [{ origin: openai.origin, secrets }] });
    const { upstreams } = gateway.settings;
    gateway.settings = {
      ...gateway.settings,
      upstreams: upstreams.map((upstream) => ({
        ...upstream,
        keys: upstream.keys.map((key, at) => (at === 0 ? { ...key, disabled: true } : key)),
      })),
    };
    await ask(gateway.port, { path: '/v1/models' });
    expect(openai.turns.map(secretOf)).toEqual(['sk-on-00000000001']);
  });

  it('has every model once, in each of the three shapes', async () => {
    const { gateway } = await two();
    const names = ['default', 'gpt-9', 'shared', 'gemini-9', 'claude-9', 'sonnet'];
    const openai = await ask(gateway.port, { path: '/v1/models' });
    expect(ids(openai, 'data', 'id').sort()).toEqual([...names].sort());
    expect(at(json(openai), 'object')).toBe('list');
    expect(openai.text()).toContain('"extra":{"deep":1}');
    const anthropic = await ask(gateway.port, {
      path: '/v1/models',
      headers: ['anthropic-version', '2023-06-01'],
    });
    expect(ids(anthropic, 'data', 'id').sort()).toEqual([...names].sort());
    expect(at(json(anthropic), 'has_more')).toBe(false);
    expect(ids(anthropic, 'data', 'type')).toEqual(names.map(() => 'model'));
    const gemini = await ask(gateway.port, { path: '/v1beta/models' });
    expect(ids(gemini, 'models', 'name').sort()).toEqual(names.map((name) => `models/${name}`).sort());
    expect(gemini.text()).toContain('"inputTokenLimit":5');
  });

  it('is asked for once, with the key of the upstream, and remembered', async () => {
    const { openai, gemini, gateway } = await two();
    await Promise.all([1, 2, 3].map(() => ask(gateway.port, { path: '/v1/models' })));
    await ask(gateway.port, { path: '/v1/models' });
    expect([openai.turns.length, gemini.turns.length]).toEqual([1, 1]);
    expect(openai.turns[0]?.request.header('authorization')).toBe('Bearer sk-openai-000001');
    expect(gemini.turns[0]?.request.header('x-goog-api-key')).toBe('AIza-gemini-00001');
    expect(gateway.closed.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it.each<[string, Behaviour]>([
    ['fails', (turn) => turn.whole(500, '{}')],
    ['answers nonsense', (turn) => turn.whole(200, '<html>')],
    ['closes the connection', (turn) => void turn.socket.destroy()],
  ])('is partial where an upstream %s', async (_, script) => {
    const { openai, gateway } = await two();
    openai.script = script;
    const answer = await ask(gateway.port, { path: '/v1/models' });
    expect(answer.status).toBe(200);
    expect(ids(answer, 'data', 'id').sort()).toEqual(['claude-9', 'default', 'gemini-9', 'shared', 'sonnet']);
  });

  it('does not wait long for an upstream that is silent', async () => {
    const { openai, gateway } = await two();
    openai.script = () => {};
    const answer = await ask(gateway.port, { path: '/v1/models' });
    expect(answer.tookMs).toBeLessThan(3_000);
    expect(ids(answer, 'data', 'id')).toContain('gemini-9');
  });

  it('answers HEAD without a body', async () => {
    const { gateway } = await two();
    const answer = await ask(gateway.port, { method: 'HEAD', path: '/v1/models' });
    expect([answer.status, answer.body.length]).toEqual([200, 0]);
    expect(Number(answer.header('content-length'))).toBeGreaterThan(100);
  });
});

describe('one model', () => {
  it.each([
    ['/v1/models/gpt-9', [], 'id', 'gpt-9'],
    ['/v1/models/gpt-9', ['anthropic-version', '2023-06-01'], 'id', 'gpt-9'],
    ['/v1beta/models/gemini-9', [], 'name', 'models/gemini-9'],
  ])('%s %s', async (path, headers, member, expected) => {
    const { gateway } = await two();
    const answer = await ask(gateway.port, { path, headers });
    expect([answer.status, at(json(answer), member)]).toEqual([200, expected]);
  });

  it('that nobody lists is answered with near names', async () => {
    const { gateway } = await two();
    const answer = await ask(gateway.port, { path: '/v1/models/gpt-8' });
    expect(answer.status).toBe(404);
    expect(at(json(answer), 'error', 'message')).toMatch(/gpt-9/);
    expect(gateway.closed.map(({ status, errorCode }) => [status, errorCode])).toEqual([
      [404, 'model_not_found'],
    ]);
  });

  it('that nobody offers cannot be asked', async () => {
    const { gateway } = await two();
    const [fixed] = gateway.settings.upstreams.slice(2);
    gateway.settings = {
      ...gateway.settings,
      upstreams: fixed === undefined ? [] : [{ ...fixed, convert: [] }],
    };
    const answer = await ask(gateway.port, {
      path: '/v1/messages',
      body: '{"model":"claude-8","max_tokens":1,"messages":[]}',
    });
    expect(answer.status).toBe(404);
    expect(at(json(answer), 'error', 'type')).toBe('not_found_error');
    expect(at(json(answer), 'error', 'message')).toMatch(/claude-9/);
    const wrong = await ask(gateway.port, {
      path: '/v1/chat/completions',
      body: '{"model":"claude-9","messages":[]}',
    });
    expect([wrong.status, at(json(wrong), 'error', 'code')]).toEqual([400, 'dialect_unavailable']);
  });
});
