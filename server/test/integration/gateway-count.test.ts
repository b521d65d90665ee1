// Counting tokens over real sockets: across formats, where no upstream can count, and where the one that could fails.

import { describe, expect, it } from 'vitest';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { ask, type Received } from '../kit/client.ts';
import type { Turn } from '../kit/fault-upstream.ts';
import type { Gateway } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at, wires } from '../kit/wire.ts';

type CountingDialect = Exclude<DialectId, 'openai-chat'>;

interface Counting {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** What a provider answers, and what its clients expect. */
  answer(tokens: number): object;
}

const tool = { name: 'look', description: 'Looks.', schema: { type: 'object', properties: {} } };

/** The same question in three formats: rules, one message, one tool. */
const COUNTING: Readonly<Record<CountingDialect, Counting>> = {
  'anthropic-messages': {
    path: '/v1/messages/count_tokens',
    body: {
      model: 'm',
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'Hello world' }],
      tools: [{ name: tool.name, description: tool.description, input_schema: tool.schema }],
    },
    answer: (tokens) => ({ input_tokens: tokens }),
  },
  'openai-responses': {
    path: '/v1/responses/input_tokens',
    body: {
      model: 'm',
      instructions: 'Be brief.',
      input: 'Hello world',
      tools: [{ type: 'function', name: tool.name, description: tool.description, parameters: tool.schema }],
    },
    answer: (tokens) => ({ object: 'response.input_tokens', input_tokens: tokens }),
  },
  gemini: {
    path: '/v1beta/models/m:countTokens',
    body: {
      generateContentRequest: {
        model: 'models/m',
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        contents: [{ role: 'user', parts: [{ text: 'Hello world' }] }],
        tools: [{ functionDeclarations: [{ name: tool.name, description: tool.description }] }],
      },
    },
    answer: (tokens) => ({ totalTokens: tokens }),
  },
};

const IDS = Object.keys(COUNTING) as CountingDialect[];
const PAIRS = IDS.flatMap((from) =>
  IDS.filter((to) => to !== from).map((to): [CountingDialect, CountingDialect] => [from, to]),
);

const count = (gateway: Gateway, { path, body }: Counting): Promise<Received> =>
  ask(gateway.port, { path, body: JSON.stringify(body) });

const counts =
  (to: CountingDialect, tokens: number) =>
  (turn: Turn): void =>
    turn.whole(200, JSON.stringify(COUNTING[to].answer(tokens)));

describe.each(PAIRS)('a client of %s who has tokens counted by an upstream of %s', (from, to) => {
  async function setUp(script: (turn: Turn) => void) {
    const one = await provider(script);
    const gateway = await gatewayWith({ upstreams: [{ id: 'main', origin: one.origin, dialects: [to] }] });
    return { one, gateway };
  }

  it('gets the number in its own shape, from the endpoint that counts', async () => {
    const { one, gateway } = await setUp(counts(to, 42));
    const answer = await count(gateway, COUNTING[from]);
    expect([answer.status, JSON.parse(answer.text())]).toEqual([200, COUNTING[from].answer(42)]);
    expect([answer.header('x-sluice-dialect'), answer.header('x-sluice-estimated')]).toEqual([to, undefined]);
    expect(one.turns).toHaveLength(1);
    const [turn] = one.turns;
    expect(turn?.request.target).toBe(COUNTING[to].path);
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect(row).toMatchObject({ status: 200, upstreamId: 'main', dialectOut: to, usage: undefined });
  });

  it('has everything counted, and nothing generated', async () => {
    const { one, gateway } = await setUp(counts(to, 42));
    await count(gateway, COUNTING[from]);
    const sent = one.turns[0]?.request.body.toString() ?? '';
    for (const text of ['Be brief.', 'Hello world', 'look', 'Looks.']) expect(sent).toContain(text);
    const body = JSON.parse(sent);
    const members = Object.keys(to === 'gemini' ? (at(body, 'generateContentRequest') ?? {}) : body).sort();
    expect(members).toEqual(
      {
        'anthropic-messages': ['messages', 'model', 'system', 'tools'],
        'openai-responses': ['input', 'instructions', 'model', 'tools'],
        gemini: ['contents', 'model', 'systemInstruction', 'tools'],
      }[to],
    );
  });

  it('hears of its own mistake in its own shape', async () => {
    const { gateway } = await setUp((turn) => turn.whole(400, wires[to].error(400, 'No such model.')));
    const answer = await count(gateway, COUNTING[from]);
    expect([answer.status, at(JSON.parse(answer.text()), 'error', 'message')]).toEqual([
      400,
      'No such model.',
    ]);
    expect(answer.header('x-sluice-estimated')).toBeUndefined();
  });
});

describe.each(IDS)('a client of %s whose tokens no upstream counts', (from) => {
  const estimated = async (gateway: Gateway): Promise<number> => {
    const answer = await count(gateway, COUNTING[from]);
    expect([answer.status, answer.header('x-sluice-estimated')]).toEqual([200, 'true']);
    const json: unknown = JSON.parse(answer.text());
    const tokens = at(json, from === 'gemini' ? 'totalTokens' : 'input_tokens');
    expect(json).toEqual(COUNTING[from].answer(Number(tokens)));
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect(row).toMatchObject({
      status: 200,
      upstreamId: undefined,
      dialectOut: undefined,
      keyId: undefined,
    });
    expect([row.errorCode, row.bytesOut]).toEqual([undefined, answer.body.length]);
    return Number(tokens);
  };

  it('gets an estimate where upstreams speak chat alone, and nobody is asked', async () => {
    const one = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: one.origin, dialects: ['openai-chat'] }] });
    const tokens = await estimated(gateway);
    // Eleven in its texts; the frames of two messages and a tool, and a schema, come on top.
    expect(tokens).toBeGreaterThan(11);
    expect(tokens).toBeLessThan(45);
    expect(one.turns).toEqual([]);
  });

  it.each([401, 403, 404, 405, 429, 500, 503])(
    'gets an estimate when the upstream says %s, and its key stays in use',
    async (status) => {
      for (const to of IDS) {
        const one = await provider((turn) => turn.whole(status, wires[to].error(status, 'Not here.')));
        const gateway = await gatewayWith({
          upstreams: [{ id: 'main', origin: one.origin, dialects: [to] }],
        });
        expect(await estimated(gateway)).toBeGreaterThan(11);
        expect(gateway.standings('main', 'k1')).toEqual([]);
        expect(one.turns).toHaveLength(1);
      }
    },
  );

  it('gets an estimate when the upstream blames its key with a 400', async () => {
    const one = await provider((turn) =>
      turn.whole(400, wires[turn.dialect].error(400, 'API key not valid. Pass a valid API key.')),
    );
    const gateway = await gatewayWith({ upstreams: [{ id: 'main', origin: one.origin, dialects: [from] }] });
    expect(await estimated(gateway)).toBeGreaterThan(11);
  });

  it.each(['nothing at all', '{}', '{"input_tokens":"many","totalTokens":-1}'])(
    'gets an estimate when the upstream answers %s',
    async (body) => {
      const one = await provider((turn) => turn.whole(200, body));
      for (const to of IDS.filter((id) => id !== from)) {
        const gateway = await gatewayWith({ upstreams: [{ origin: one.origin, dialects: [to] }] });
        expect(await estimated(gateway)).toBeGreaterThan(11);
      }
    },
  );

  it('gets the number of the next upstream before an estimate', async () => {
    const broken = await provider((turn) => turn.whole(500, wires[from].error(500, 'Not today.')));
    const healthy = await provider(counts(from, 7));
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'a', origin: broken.origin, priority: 1 },
        { id: 'b', origin: healthy.origin },
      ],
    });
    const answer = await count(gateway, COUNTING[from]);
    expect(JSON.parse(answer.text())).toEqual(COUNTING[from].answer(7));
    expect([answer.header('x-sluice-upstream'), answer.header('x-sluice-estimated')]).toEqual([
      'b',
      undefined,
    ]);
  });
});

describe('a key that rests', () => {
  it('goes on resting when it counts well', async () => {
    const one = await provider((turn) =>
      turn.request.target.includes('count')
        ? counts('anthropic-messages', 7)(turn)
        : turn.whole(429, wires[turn.dialect].error(429, 'Slow down.')),
    );
    const gateway = await gatewayWith({ upstreams: [{ id: 'main', origin: one.origin }] });
    await ask(gateway.port, wires['anthropic-messages'].request('m', false, 'Hello'));
    expect(gateway.standings('main', 'k1')).toHaveLength(1);
    await count(gateway, COUNTING['anthropic-messages']);
    expect(gateway.standings('main', 'k1')).toHaveLength(1);
  });
});

describe('a question that cannot be counted', () => {
  it.each([
    ['anthropic-messages', { model: 'm', messages: [{ role: 'user', content: 7 }] }],
    ['openai-responses', { model: 'm', input: 7 }],
    ['gemini', { contents: 7 }],
  ] as const)('is refused in the words of %s, also without an upstream that counts', async (from, body) => {
    const one = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: one.origin, dialects: ['openai-chat'] }] });
    const answer = await count(gateway, { ...COUNTING[from], body });
    expect([answer.status, answer.header('x-sluice-error')]).toEqual([400, 'invalid_request']);
    expect(at(JSON.parse(answer.text()), 'error', 'message')).toBeTruthy();
    expect(gateway.closed).toMatchObject([{ status: 400, errorCode: 'invalid_request' }]);
  });

  it('of a model that nobody offers is one for no tokenizer either', async () => {
    const one = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: one.origin, dialects: ['openai-chat'], models: ['other'] }],
    });
    const answer = await count(gateway, COUNTING['anthropic-messages']);
    expect([answer.status, answer.header('x-sluice-error')]).toEqual([404, 'model_not_found']);
  });
});
