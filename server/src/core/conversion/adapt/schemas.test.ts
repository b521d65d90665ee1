import { describe, expect, test } from 'vitest';
import { ask, pass, targets, turn } from '../../../../test/kit/adapting.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ChatRequest, OutputForm } from '../../model/request.ts';
import { schemas } from './schemas.ts';

const object = { type: 'object', properties: { a: { type: 'string', minLength: 1 } }, required: ['a'] };

function formed(
  output: OutputForm,
  target: keyof typeof targets | typeof targets.chat,
  more: Partial<ChatRequest> = {},
) {
  const traits = typeof target === 'string' ? targets[target] : target;
  const { request, told } = pass(schemas, ask({ output, ...more }), traits);
  return { output: request.output, turns: request.turns, told };
}

describe('schemas of tools', () => {
  const tool = (parameters: object) =>
    ({ kind: 'function', name: 'f', parameters: { ...parameters } }) as const;

  test('that are understood leave the request the same object', () => {
    const request = ask({ tools: [tool(object)] });
    for (const traits of Object.values(targets)) expect(pass(schemas, request, traits).request).toBe(request);
  });

  test('are compiled, with paths in the words of the origin', () => {
    const request = ask({
      origin: 'anthropic-messages',
      tools: [tool({ type: 'object', properties: { a: { not: {} } } })],
    });
    const passed = pass(schemas, request, { ...targets.gemini2, toolSchema: 'gemini-openapi' });
    expect(passed.losses[0]?.path).toBe('tools[0].input_schema.properties.a.not');
    expect(passed.request.tools[0]?.parameters).toEqual({ type: 'object', properties: { a: {} } });
  });

  test('3.5 of strict tools keep to what Anthropic takes with the promise, or go without it', () => {
    const strict = (name: string, parameters?: JsonObject) =>
      ({
        kind: 'function',
        name,
        strict: true,
        ...(parameters === undefined ? {} : { parameters }),
      }) as const;
    const closed = { type: 'object', required: ['n'], additionalProperties: false };
    const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } } };
    const request = ask({
      tools: [
        strict('limited', { ...closed, properties: { n: { type: 'integer', minimum: 1 } } }),
        strict('endless', { ...closed, properties: { n: { $ref: '#/$defs/node' } }, $defs: { node } }),
        strict('open', { type: 'object', properties: {}, additionalProperties: { type: 'string' } }),
        strict('plain'),
      ],
    });
    const { request: sent, losses } = pass(schemas, request, targets.budget);
    expect(sent.tools).toEqual([
      strict('limited', {
        ...closed,
        properties: { n: { type: 'integer', description: '{minimum: 1}' } },
      }),
      { kind: 'function', name: 'endless', parameters: request.tools[1]?.parameters },
      { kind: 'function', name: 'open', parameters: request.tools[2]?.parameters },
      strict('plain', { type: 'object', properties: {}, additionalProperties: false }),
    ]);
    expect(losses.map(({ path, feature, action }) => `${path} ${feature} ${action}`)).toEqual([
      'tools[0].function.parameters.properties.n schema-limits approximated',
      'tools[1].function.strict strict-tool dropped',
      'tools[2].function.strict strict-tool dropped',
    ]);
    const own = ask({ origin: 'anthropic-messages', tools: request.tools });
    expect(pass(schemas, own, targets.budget).request).toBe(own);
  });

  test('an empty object is left out for older models of gemini', () => {
    const request = ask({ tools: [tool({ type: 'object', properties: {} })] });
    const passed = pass(schemas, request, { ...targets.gemini2, toolSchema: 'gemini-openapi' });
    expect(passed.request.tools).toEqual([{ kind: 'function', name: 'f' }]);
  });
});

describe('the schema of the answer', () => {
  test('G44 is closed for anthropic', () => {
    expect(formed({ type: 'schema', schema: object }, 'budget')).toMatchObject({
      output: {
        schema: { additionalProperties: false, properties: { a: { description: '{minLength: 1}' } } },
      },
      told: ['schema-limits approximated quality'],
    });
  });

  test('stays as it is for OpenAI, unless it is strict', () => {
    const output = { type: 'schema', schema: object } as const;
    expect(formed(output, 'gpt5').output).toBe(output);
    expect(formed({ ...output, strict: true }, 'gpt5').output).toMatchObject({
      strict: true,
      schema: { additionalProperties: false },
    });
  });

  test('that cannot be strict is sent as advice', () => {
    const schema = { type: 'object', additionalProperties: { type: 'string' } };
    expect(formed({ type: 'schema', schema, strict: true }, 'gpt5')).toMatchObject({
      output: { strict: false, schema },
      told: ['output-strict dropped quality'],
    });
  });

  test('of formats that always keep to it is strict, where the strict form says the same', () => {
    const strict = formed({ type: 'schema', schema: object }, 'gpt5', { origin: 'anthropic-messages' });
    expect(strict.output).toMatchObject({ strict: true, schema: { additionalProperties: false } });
    const optional = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false };
    expect(
      formed({ type: 'schema', schema: optional }, 'gpt4', { origin: 'anthropic-messages' }),
    ).toMatchObject({
      output: { strict: false, schema: optional },
      told: ['output-strict dropped quality'],
    });
  });

  test('goes alone where its name and purpose have no place', () => {
    const output = { type: 'schema', name: 'n', description: 'd', schema: object, strict: true } as const;
    expect(formed(output, 'gemini3').told.slice(0, 3)).toEqual([
      'output-name dropped hint',
      'output-description dropped hint',
      'output-strict dropped hint',
    ]);
  });

  test('is told in words where there is no place for it', () => {
    const turns = [turn('system', 'Be kind'), turn('user', 'Hi')];
    const result = formed({ type: 'schema', schema: { $schema: 'x', ...object } }, 'deepseek', { turns });
    expect(result.output).toEqual({ type: 'json' });
    expect(result.told).toEqual(['output-schema emulated quality']);
    expect(result.turns[1]).toEqual(
      turn(
        'system',
        `Reply with one JSON object and nothing else. It must follow this JSON Schema:\n${JSON.stringify(object)}`,
      ),
    );
    expect(
      formed({ type: 'schema', schema: object }, { ...targets.chat, jsonOutput: false }).output,
    ).toBeUndefined();
  });
});

describe('JSON without a schema', () => {
  test('is told in words where there is no setting', () => {
    expect(formed({ type: 'json' }, 'budget')).toEqual({
      output: undefined,
      turns: [turn('system', 'Reply with one JSON object and nothing else.'), turn('user', 'Hi')],
      told: ['json-output emulated quality'],
    });
  });

  test('is also told in words to OpenAI, which wants to read of it, when a gemini client asks', () => {
    expect(formed({ type: 'json' }, 'gpt4', { origin: 'gemini' }).turns).toHaveLength(2);
    expect(formed({ type: 'json' }, 'gpt5').turns).toHaveLength(1);
  });
});
