import { describe, expect, test } from 'vitest';
import { adapted, functionTool, requestOf, traitsOf } from '../../../../../test/kit/tool-setting.ts';
import type { JsonObject } from '../../../model/json.ts';
import { strictTools } from './strict.ts';
import { isStrictForm } from './strict-form.ts';

const closed = (properties: JsonObject, members: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...members,
});
const text = { type: 'string' };

describe('the strict form of schemas', () => {
  test.each<JsonObject>([
    closed({}),
    closed({ a: text, b: { type: ['string', 'null'], enum: ['x', null] } }),
    closed({ a: closed({ b: text }), c: { type: 'array', items: closed({ d: text }) } }),
    closed(
      { a: { $ref: '#/$defs/n' } },
      { $defs: { n: closed({ a: { anyOf: [text, { type: 'null' }] } }) } },
    ),
    closed({ default: text, allOf: text }),
  ])('%j has it', (schema) => {
    expect(isStrictForm(schema)).toBe(true);
  });

  test.each<[string, JsonObject | undefined]>([
    ['no schema', undefined],
    ['an open object', { type: 'object', properties: {}, required: [] }],
    ['an optional property', closed({ a: text }, { required: [] })],
    ['an open object further in', closed({ a: { type: 'array', items: { type: 'object' } } })],
    ['an open object among definitions', closed({}, { $defs: { n: { properties: { a: text } } } })],
    ['a keyword that is refused', closed({ a: { oneOf: [text] } })],
    ['a default', closed({ a: { ...text, default: 'x' } })],
    ['alternatives at the root', closed({}, { anyOf: [closed({})] })],
    ['no object at the root', { type: 'array', items: text }],
  ])('%s has not', (_, schema) => {
    expect(isStrictForm(schema)).toBe(false);
  });
});

describe('strict tools', () => {
  const strict = functionTool('a', { strict: true, parameters: closed({ a: text }) });
  const loose = functionTool('b', { strict: true, parameters: { type: 'object', properties: { a: text } } });
  const not = functionTool('c', { strict: false });
  const request = requestOf({ tools: [strict, loose, not, functionTool('d')] });

  test('a schema of another form goes to OpenAI without the promise', () => {
    const { request: sent, losses } = adapted(
      [strictTools],
      request,
      traitsOf('openai-chat', { strictTools: true }),
    );
    expect(sent.tools.map((tool) => tool.strict)).toEqual([true, false, false, undefined]);
    expect(losses).toMatchObject([{ path: 'tools[1].strict', feature: 'strict-tool', severity: 'quality' }]);
  });

  test('other formats judge schemas by themselves', () => {
    const traits = traitsOf('anthropic-messages', { strictTools: true });
    expect(adapted([strictTools], request, traits).request).toBe(request);
  });

  test('where strict is unknown it is gone, and only the promise is missed', () => {
    const { request: sent, losses } = adapted(
      [strictTools],
      request,
      traitsOf('openai-chat', { strictTools: false }),
    );
    for (const tool of sent.tools) expect(tool).not.toHaveProperty('strict');
    expect(losses.map(({ path, severity }) => [path, severity])).toEqual([
      ['tools[0].strict', 'hint'],
      ['tools[1].strict', 'hint'],
    ]);
  });
});
