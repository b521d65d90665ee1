// Requests that are strange but lawful reach an upstream of another format unharmed: long and deep ones, members with the
// names of prototypes, numbers that no double can hold, lone surrogates, members that stand twice.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { ask, type Received } from '../kit/client.ts';
import type { FaultUpstream } from '../kit/fault-upstream.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at, wires } from '../kit/wire.ts';

const PAIRS = DIALECT_IDS.flatMap((from) =>
  DIALECT_IDS.filter((to) => to !== from).map((to): [DialectId, DialectId] => [from, to]),
);
const isObjects = (dialect: DialectId): boolean => dialect === 'anthropic-messages' || dialect === 'gemini';

interface Talk {
  readonly turns: readonly string[];
  /** JSON text. */
  readonly args?: string;
  readonly schema?: string;
  /** Further members of the request, with a comma before each. */
  readonly more?: string;
}

/** A conversation as JSON text; with `args`, it ends with a call and its result; with `schema`, there is a tool. */
function write(from: DialectId, { turns, args, schema, more = '' }: Talk): string {
  const text = (index: number): string => JSON.stringify(turns[index] ?? '');
  const said = (wrap: (index: number, assistant: boolean) => string): string[] =>
    turns.map((_, index) => wrap(index, index % 2 === 1));
  const given = schema ?? '{"type":"object","properties":{}}';
  const called = args !== undefined;
  const quoted = JSON.stringify(args ?? '');
  switch (from) {
    case 'openai-chat': {
      const list = said((i, a) => `{"role":"${a ? 'assistant' : 'user'}","content":${text(i)}}`);
      if (called)
        list.push(
          `{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"look","arguments":${quoted}}}]}`,
          '{"role":"tool","tool_call_id":"call_1","content":"found"}',
        );
      return `{"model":"m","messages":[${list.join()}],"tools":[{"type":"function","function":{"name":"look","parameters":${given}}}]${more}}`;
    }
    case 'openai-responses': {
      const list = said((i, a) => `{"role":"${a ? 'assistant' : 'user'}","content":${text(i)}}`);
      if (called)
        list.push(
          `{"type":"function_call","call_id":"call_1","name":"look","arguments":${quoted}}`,
          '{"type":"function_call_output","call_id":"call_1","output":"found"}',
        );
      return `{"model":"m","input":[${list.join()}],"tools":[{"type":"function","name":"look","strict":false,"parameters":${given}}]${more}}`;
    }
    case 'anthropic-messages': {
      const list = said((i, a) => `{"role":"${a ? 'assistant' : 'user'}","content":${text(i)}}`);
      if (called)
        list.push(
          `{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"look","input":${args}}]}`,
          '{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"found"}]}',
        );
      return `{"model":"m","max_tokens":9,"messages":[${list.join()}],"tools":[{"name":"look","input_schema":${given}}]${more}}`;
    }
    case 'gemini': {
      const list = said((i, a) => `{"role":"${a ? 'model' : 'user'}","parts":[{"text":${text(i)}}]}`);
      if (called)
        list.push(
          `{"role":"model","parts":[{"functionCall":{"id":"c1","name":"look","args":${args}}}]}`,
          '{"role":"user","parts":[{"functionResponse":{"id":"c1","name":"look","response":{"result":"found"}}}]}',
        );
      return `{"contents":[${list.join()}],"tools":[{"functionDeclarations":[{"name":"look","parametersJsonSchema":${given}}]}]${more}}`;
    }
  }
}

/** The arguments of the call as the upstream gets them: JSON text. */
function argumentsIn(body: string): string {
  const find = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return undefined;
    for (const [name, inner] of Object.entries(value)) {
      if (name === 'arguments' || name === 'args' || (name === 'input' && !Array.isArray(inner)))
        return inner;
      const found = find(inner);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const found = find(JSON.parse(body));
  return typeof found === 'string' ? found : JSON.stringify(found);
}

describe.each(PAIRS)('a client of %s of an upstream of %s', (from, to) => {
  async function setUp(): Promise<{
    upstream: FaultUpstream;
    send(talk: Talk): Promise<Received>;
    sent(): string;
  }> {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, dialects: [to] }] });
    return {
      upstream,
      send: (talk) =>
        ask(gateway.port, { path: wires[from].request('m', false, '').path, body: write(from, talk) }),
      sent: () => upstream.turns.at(-1)?.request.body.toString() ?? '',
    };
  }

  it('gets 10 000 turns, and a text of 8 MiB, through', async () => {
    const { send, sent } = await setUp();
    const turns = Array.from({ length: 10_001 }, (_, index) => `turn ${index}.`);
    const many = await send({ turns });
    expect([many.status, many.tookMs < 2_000]).toEqual([200, true]);
    expect(sent().match(/turn \d+\./g)).toEqual(turns);
    const long = await send({ turns: ['x'.repeat(8 * 1024 * 1024)] });
    expect([long.status, sent().length > 8 * 1024 * 1024]).toEqual([200, true]);
  });

  it('gets deep arguments and schemas through', async () => {
    const { send, sent } = await setUp();
    const args = `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`;
    const schema = `${'{"type":"object","properties":{"a":'.repeat(60)}{"type":"string"}${'}}'.repeat(60)}`;
    const answer = await send({ turns: ['Hello'], args, schema });
    expect([answer.status, answer.text().slice(0, 300)]).toEqual([200, expect.stringContaining('')]);
    expect(sent()).toContain(isObjects(to) ? args : JSON.stringify(args));
  });

  it('pollutes nothing with members that are named like prototypes', async () => {
    const { send, sent } = await setUp();
    const evil = '"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}';
    const args = `{${evil},"toString":"x"}`;
    const schema = `{"type":"object","properties":{${evil.replaceAll('"yes"', '{"type":"string"}')},"q":{"type":"string"}}}`;
    const answer = await send({
      turns: ['Hello'],
      args,
      schema,
      more: `,${evil},"hasOwnProperty":1,"ext":{${evil}}`,
    });
    expect([answer.status, answer.text().slice(0, 300)]).toEqual([200, expect.stringContaining('')]);
    expect(at({}, 'polluted')).toBeUndefined();
    expect(JSON.parse(argumentsIn(sent()))).toEqual(JSON.parse(args));
    expect(wires[from].understand(answer.text(), false).complete).toBe(true);
  });

  it('keeps the digits of arguments that no double holds, but for Google, whose own objects hold doubles and who is told', async () => {
    const { send, sent } = await setUp();
    const args = '{"id":12345678901234567890,"small":0.10000000000000000555}';
    const answer = await send({ turns: ['Hello'], args });
    expect(answer.status).toBe(200);
    // Objects are parsed: by the client's format, by the target's, or by both.
    if (!isObjects(from) && !isObjects(to)) expect(argumentsIn(sent())).toBe(args);
    const [, digits] = /"id\\?":(\d+)/.exec(sent()) ?? [];
    expect(digits).toBe(to === 'gemini' ? '12345678901234567000' : '12345678901234567890');
    expect(answer.header('x-sluice-loss')?.includes('big-number=approximated') ?? false).toBe(
      to === 'gemini',
    );
  });

  it('passes lone surrogates and odd characters on as JSON has them', async () => {
    const { send, sent } = await setUp();
    const odd = 'a\ud800b\udc00c\u0000d\u2028e\ufefff\u007f';
    expect((await send({ turns: [odd] })).status).toBe(200);
    const escaped = JSON.stringify(odd);
    expect(sent()).toContain(escaped.slice(1, -1));
  });

  it('hears the last one of members that stand twice, and no member twice goes on', async () => {
    const { send, sent } = await setUp();
    const answer = await send({ turns: ['Hello'], args: '{"q":"first","q":"last"}' });
    expect(answer.status).toBe(200);
    if (isObjects(from) || isObjects(to)) expect(argumentsIn(sent())).toBe('{"q":"last"}');
    const name = from === 'gemini' ? 'contents' : from === 'openai-responses' ? 'input' : 'messages';
    const twice = await send({ turns: ['Hello'], more: `,"${name}":[]` });
    if (twice.status === 200) expect(sent()).not.toContain('Hello');
    else
      expect([twice.status, wires[from].understand(twice.text(), false).error]).toEqual([
        400,
        expect.anything(),
      ]);
  });
});
