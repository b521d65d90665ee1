// Aliases and the usage request: the only bytes of a request that the gateway writes, and what it undoes in the answer.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { ask } from '../kit/client.ts';
import { ANSWER } from '../kit/fault-upstream.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const aliases = { '*': 'real-any', 'fast-*': 'real-fast', 'fast-exact': 'real-exact' };

describe.each(DIALECT_IDS)('%s', (dialect) => {
  const wire = wires[dialect];

  it.each([
    ['fast-exact', 'real-exact'],
    ['fast-other', 'real-fast'],
    ['whatever', 'real-any'],
  ])('asks for %s as %s and shows the client its own name', async (asked, served) => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, aliases }] });
    for (const stream of [false, true]) {
      const sending = wire.request(asked, stream, 'Hello');
      const answer = await ask(gateway.port, sending);
      const { request } = upstream.turns.at(-1) ?? { request: undefined };
      expect(request?.target).toBe(sending.path.replace(asked, served));
      const usage = dialect === 'openai-chat' && stream ? '"stream_options":{"include_usage":true},' : '';
      expect(request?.body.toString()).toBe(`{${usage}${sending.body.slice(1).replace(asked, served)}`);
      expect(wire.understand(answer.text(), stream)).toEqual({
        text: ANSWER,
        complete: true,
        error: undefined,
      });
      expect(answer.text()).not.toContain(served);
      const healthy = stream ? wire.events(asked, ANSWER) : [wire.json(asked, ANSWER)];
      const shown = usage === '' ? healthy : healthy.toSpliced(-2, 1);
      expect(answer.text()).toBe(shown.join(''));
      const row = await gateway.row(answer.header('x-sluice-request-id'));
      expect([row.modelAsked, row.modelServed]).toEqual([asked, served]);
      expect(row.usage?.input.uncached).toBe(11);
      expect(row.bytesOut).toBe(answer.body.length);
    }
  });

  it('a global alias comes before those of the upstream', async () => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, models: ['real-global'] }],
      aliases: { mine: 'real-global' },
    });
    const answer = await ask(gateway.port, wire.request('mine', false, 'Hello'));
    expect([answer.status, upstream.turns[0]?.model]).toEqual([200, 'real-global']);
    expect(answer.text()).toBe(wire.json('mine', ANSWER));
  });
});

describe('the usage of a chat stream', () => {
  const wire = wires['openai-chat'];
  const ask1 = async (options: string): Promise<[string, string, number | undefined]> => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const body = `{"model":"m","stream":true,"messages":[]${options}}`;
    const answer = await ask(gateway.port, { path: '/v1/chat/completions', body });
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    return [upstream.turns[0]?.request.body.toString() ?? '', answer.text(), row.usage?.output.text];
  };

  it('is shown to a client that asked for it', async () => {
    const options = ',"stream_options":{"include_usage":true}';
    const [sent, answered, output] = await ask1(options);
    expect(sent).toContain(options);
    expect(answered).toBe(wire.events('m', ANSWER).join(''));
    expect(output).toBe(7);
  });

  it.each([
    '',
    ',"stream_options":null',
    ',"stream_options":{"include_usage":false}',
    ',"stream_options":{ }',
  ])('is asked for and hidden where the client did not ask (%s)', async (options) => {
    const [sent, answered, output] = await ask1(options);
    expect(JSON.parse(sent)).toMatchObject({ stream_options: { include_usage: true } });
    expect(answered).toBe(wire.events('m', ANSWER).toSpliced(-2, 1).join(''));
    expect(output).toBe(7);
  });

  it('is not asked of a provider that rejects the question', async () => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, provider: { acceptsStreamOptions: false } }],
    });
    const sending = wire.request('m', true, 'Hello');
    const answer = await ask(gateway.port, sending);
    expect(upstream.turns[0]?.request.body.toString()).toBe(sending.body);
    expect(answer.text()).toBe(wire.events('m', ANSWER).join(''));
  });
});

describe('a tuned model of Gemini', () => {
  it('can be aliased like any other', async () => {
    const upstream = await provider((turn) => turn.healthy());
    const gateway = await gatewayWith({
      upstreams: [
        {
          origin: upstream.origin,
          aliases: { 'tunedModels/old': 'tunedModels/new', 'tunedModels/base': 'gemini-2.5-pro' },
        },
      ],
    });
    for (const [name, target] of [
      ['old', 'tunedModels/new'],
      ['base', 'models/gemini-2.5-pro'],
    ]) {
      await ask(gateway.port, {
        path: `/v1beta/tunedModels/${name}:generateContent`,
        body: '{"contents":[]}',
      });
      expect(upstream.turns.at(-1)?.request.target).toBe(`/v1beta/${target}:generateContent`);
    }
  });
});
