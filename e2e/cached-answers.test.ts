// Answers that are given again, read by the official libraries: like the first one, in every format, streamed or not.

import { beforeAll, describe, expect, test } from 'vitest';
import { askIn, FORMATS, type Question, type Told } from './kit/four-formats.ts';
import { type Gateway, startGateway } from './kit/gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  // The demo model of another gateway speaks all formats.
  const upstream = await startGateway();
  const demo = { provider: 'openai-compatible', baseUrl: `${upstream.origin}/v1`, dialects: FORMATS };
  gateway = await startGateway({
    config: {
      upstreams: [{ id: 'demo', models: ['sluice-demo'], ...demo }],
      routing: { cache: { deterministicOnly: false } },
    },
  });
  return async () => {
    const rows = await gateway.stop();
    await upstream.stop();
    expect(rows.filter((row) => row.state !== 'done' || row.status !== 200)).toEqual([]);
  };
});

/** One kind of answer of the demo model; the prompt says who asks, so that no two tests share a question. */
const KINDS: Readonly<Record<string, (who: string) => Omit<Question, 'streamed'>>> = {
  'an answer in words': (who) => ({ model: 'sluice-demo', prompt: `Say hello to ${who}. Grüße, 😀!` }),
  'a call of a tool': (who) => ({
    model: 'sluice-demo',
    prompt: `Use get_weather for "${who}".`,
    tool: 'get_weather',
  }),
  'an answer with reasoning': (who) => ({
    model: 'sluice-demo',
    prompt: `Think of ${who}.`,
    reasoning: true,
  }),
};

/** The id that an answer bears in each format; that of a call is another one. */
const idOf = ({ text }: Told): string | undefined =>
  /"(?:responseId": ?"|id": ?"(?:chatcmpl|resp|msg))[^"]+"/.exec(text)?.[0];

describe.each(Object.keys(KINDS))('%s', (kind) => {
  describe.each(FORMATS)('in %s', (format) => {
    test.each([false, true])(
      'is read again like the first time (first asked as a stream: %s)',
      async (streamed) => {
        const question = KINDS[kind]?.(`${format} ${streamed}`);
        if (question === undefined) throw new Error('unreachable');
        const first = await askIn(format, gateway.origin, { ...question, streamed });
        expect([first.status, first.headers.get('x-sluice-cache')]).toEqual([200, 'miss']);
        const said = await first.read();
        expect(said.stop).toBe(kind === 'a call of a tool' ? 'calls' : 'done');
        if (kind === 'an answer with reasoning') expect(said.reasoning).toContain('asked to reason');
        if (kind === 'a call of a tool')
          expect(said.calls).toEqual([{ name: 'get_weather', arguments: { city: `${format} ${streamed}` } }]);
        for (const again of [streamed, !streamed]) {
          const told = await askIn(format, gateway.origin, { ...question, streamed: again });
          expect([again, told.status, told.headers.get('x-sluice-cache')]).toEqual([again, 200, 'hit']);
          expect(told.headers.get('x-sluice-cost-usd')).toBe('0.00');
          expect(Number(told.headers.get('age'))).toBeLessThan(60);
          expect(await told.read()).toEqual(said);
          expect(idOf(told)).toBeDefined();
          expect(idOf(told)).not.toBe(idOf(first));
        }
      },
    );
  });
});

describe.each(['an answer in words', 'a call of a tool'])('across formats: %s', (kind) => {
  describe.each(FORMATS)('first asked in %s', (format) => {
    test.each([false, true])('is read alike in the other three (streamed: %s)', async (streamed) => {
      const question = KINDS[kind]?.(`across ${format} ${streamed}`);
      if (question === undefined) throw new Error('unreachable');
      const first = await askIn(format, gateway.origin, { ...question, streamed });
      expect(first.headers.get('x-sluice-cache')).toBe('miss');
      const said = await first.read();
      for (const other of FORMATS)
        for (const again of [false, true]) {
          const told = await askIn(other, gateway.origin, { ...question, streamed: again });
          expect([other, again, told.status, told.headers.get('x-sluice-cache')]).toEqual([
            other,
            again,
            200,
            'hit',
          ]);
          expect([other, again, await told.read()]).toEqual([other, again, said]);
        }
    });
  });
});
