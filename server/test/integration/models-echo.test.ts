// Which model name an answer shows: the one that was asked for, or the upstream's.

import { describe, expect, it } from 'vitest';
import { ask } from '../kit/client.ts';
import { ANSWER } from '../kit/fault-upstream.ts';
import { MODEL_PATHS, type ModelPath, namesIn, servedAs } from '../kit/model-paths.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const SERVED = 'real-2026-01-31';

/** Names that a client sees, and what the ledger has as asked and served. */
async function shown(
  { from, to, stream }: ModelPath,
  route: { echoModel?: 'alias' | 'upstream'; forceModel?: string },
  asked = 'mine',
) {
  const upstream = await provider(servedAs(SERVED));
  const gateway = await gatewayWith({
    upstreams: [{ origin: upstream.origin, dialects: [to], aliases: { mine: 'real', forced: 'real' } }],
    route,
  });
  const answer = await ask(gateway.port, wires[from].request(asked, stream, 'Hello'));
  const row = await gateway.row(answer.header('x-sluice-request-id'));
  expect(wires[from].understand(answer.text(), stream)).toEqual({
    text: ANSWER,
    complete: true,
    error: undefined,
  });
  expect(upstream.turns[0]?.model).toBe('real');
  return { names: namesIn(answer.text()), row: [row.modelAsked, row.modelServed] };
}

describe.each(MODEL_PATHS)('%s:', (_, path) => {
  it('4.3 an alias is what the client sees, and the ledger has both', async () => {
    expect(await shown(path, {})).toEqual({ names: ['mine'], row: ['mine', SERVED] });
  });

  it('4.3 echoModel upstream shows the name that the upstream gives', async () => {
    expect(await shown(path, { echoModel: 'upstream' })).toEqual({ names: [SERVED], row: ['mine', SERVED] });
  });

  it('4.3 a forced model is shown as what the client asked for, or as the upstream calls it', async () => {
    const forced = { forceModel: 'forced' };
    expect(await shown(path, forced)).toEqual({ names: ['mine'], row: ['mine', SERVED] });
    const own = await shown(path, { ...forced, echoModel: 'upstream' });
    expect(own).toEqual({ names: [SERVED], row: ['mine', SERVED] });
  });

  it('4.3 a name that was sent as it came is not written over, but in another format', async () => {
    const { names } = await shown(path, {}, 'real');
    expect(names).toEqual([path.from === path.to ? SERVED : 'real']);
  });
});

describe('4.3 an upstream that names no model', () => {
  it.each([true, false])(
    'is shown under the name that it was sent, where its own is wanted (stream %s)',
    async (stream) => {
      const strip = (text: string): string => text.replaceAll(/"model":"[^"]*",?/g, '');
      const upstream = await provider((turn) => {
        const wire = wires[turn.dialect];
        if (!stream) return turn.whole(200, strip(wire.json('x', turn.text)));
        turn.head(200, { 'Content-Type': 'text/event-stream' });
        for (const event of wire.events('x', turn.text)) turn.piece(strip(event));
        turn.end();
      });
      const gateway = await gatewayWith({
        upstreams: [{ origin: upstream.origin, dialects: ['openai-chat'], aliases: { mine: 'real' } }],
        route: { echoModel: 'upstream' },
      });
      const answer = await ask(gateway.port, wires['anthropic-messages'].request('mine', stream, 'Hello'));
      expect([answer.status, namesIn(answer.text())]).toEqual([200, ['real']]);
    },
  );
});

describe('4.3 embeddings', () => {
  const reply = JSON.stringify({
    object: 'list',
    model: SERVED,
    data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
    usage: { prompt_tokens: 1, total_tokens: 1 },
  });

  it.each([
    ['alias', 'mine'],
    ['upstream', SERVED],
  ] as const)('show with %s the model %s', async (echoModel, name) => {
    const upstream = await provider((turn) => turn.whole(200, reply));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, aliases: { mine: 'real' } }],
      route: { echoModel },
    });
    const body = '{"model":"mine","input":"x"}';
    const answer = await ask(gateway.port, { path: '/v1/embeddings', body });
    expect(namesIn(answer.text())).toEqual([name]);
  });

  it.each([
    ['alias', 'mine'],
    ['upstream', 'real'],
  ] as const)('that are converted show with %s the model %s', async (echoModel, name) => {
    const upstream = await provider((turn) => turn.whole(200, '{"embeddings":[{"values":[0.5]}]}'));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, dialects: ['gemini'], aliases: { mine: 'real' } }],
      route: { echoModel },
    });
    const body = '{"model":"mine","input":"x"}';
    const answer = await ask(gateway.port, { path: '/v1/embeddings', body });
    expect([answer.status, namesIn(answer.text())]).toEqual([200, [name]]);
  });
});

describe.each(MODEL_PATHS.filter(([, { stream }]) => stream))(
  '4.3 %s, gone on with by another upstream:',
  (_, { from, to }) => {
    it.each([
      ['alias', 'mine'],
      ['upstream', SERVED],
    ] as const)('with %s the name stays %s to the end', async (echoModel, name) => {
      const dying = await provider((turn) => {
        turn.head(200, { 'Content-Type': 'text/event-stream' });
        const { events, prelude } = wires[turn.dialect];
        for (const event of events(SERVED, turn.text).slice(0, prelude + 2)) turn.piece(event);
        setImmediate(() => turn.socket.destroy());
      });
      const next = await provider(servedAs('another-name'));
      const gateway = await gatewayWith({
        upstreams: [dying, next].map(({ origin }, index) => ({
          id: `u${index}`,
          origin,
          dialects: [to],
          aliases: { mine: 'real' },
        })),
        route: { echoModel, streamFailure: 'resume', order: 'fill_first' },
      });
      const answer = await ask(gateway.port, wires[from].request('mine', true, 'Hello'));
      expect([dying.turns.length, next.turns.length]).toEqual([1, 1]);
      expect(wires[from].understand(answer.text(), true)).toMatchObject({ complete: true, error: undefined });
      expect(namesIn(answer.text())).toEqual([name]);
    });
  },
);

describe('18.20 an alias in the middle of a conversation', () => {
  it.each([false, true])(
    'is what every turn shows, so that the client can go on asking for it (stream %s)',
    async (stream) => {
      const upstream = await provider(servedAs(SERVED));
      const gateway = await gatewayWith({
        upstreams: [{ origin: upstream.origin, aliases: { 'gpt-4o': 'real' } }],
      });
      let asked = 'gpt-4o';
      for (let turn = 0; turn < 3; turn++) {
        const answer = await ask(gateway.port, wires['openai-chat'].request(asked, stream, 'Hello'));
        [asked = ''] = namesIn(answer.text());
        expect([asked, upstream.turns.at(-1)?.model]).toEqual(['gpt-4o', 'real']);
      }
    },
  );

  it.each(['', '/', '/v1', '/v1/'])(
    '18.20 a base URL that ends in "%s" leads to the same place',
    async (end) => {
      const upstream = await provider((turn) => turn.healthy());
      const gateway = await gatewayWith({
        upstreams: [
          {
            origin: upstream.origin,
            dialects: ['openai-chat'],
            baseUrls: { 'openai-chat': `${upstream.origin}${end}` },
          },
        ],
      });
      const answer = await ask(gateway.port, wires['openai-chat'].request('m', false, 'Hello'));
      expect([answer.status, upstream.turns[0]?.request.target]).toEqual([200, '/v1/chat/completions']);
    },
  );
});
