// What the demo says and when it calls a tool, apart from any wire format.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleOf } from './sample.ts';
import { type DemoAsk, type DemoTool, writeScript } from './script.ts';

const ASK: DemoAsk = {
  prompt: 'Hello!',
  inputCharacters: 100,
  tools: [],
  forcedTool: undefined,
  toolResult: undefined,
  wantsReasoning: false,
  outputSchema: undefined,
  stream: false,
};

const weather: DemoTool = {
  name: 'get_weather',
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const search: DemoTool = { name: 'searchWeb', schema: { type: 'object', properties: {} } };

function toolCalled(ask: Partial<DemoAsk>): string | undefined {
  const part = writeScript({ ...ASK, ...ask }, 'call_1').parts.find(({ kind }) => kind === 'tool');
  return part?.kind === 'tool' ? part.name : undefined;
}

function said(ask: Partial<DemoAsk>): string {
  const part = writeScript({ ...ASK, ...ask }, 'call_1').parts.find(({ kind }) => kind === 'text');
  return part?.kind === 'text' ? part.text : '';
}

describe('what the demo says', () => {
  test('it repeats the prompt and says what it is', () => {
    expect(said({ prompt: '  Good\n morning ' })).toContain('You said: "Good morning".');
    expect(said({ prompt: 'x' })).toContain('offline scripted model');
  });

  test('it says so when there is no text', () => {
    expect(said({ prompt: ' ' })).toContain('You sent no text.');
  });

  test('it reasons first where it was asked to', () => {
    const { parts, reasoningTokens } = writeScript({ ...ASK, wantsReasoning: true }, 'call_1');
    expect(parts.map((part) => part.kind)).toEqual(['reasoning', 'text']);
    expect(reasoningTokens).toBeGreaterThan(0);
  });

  test('it fills in a schema with what stands in quotes', () => {
    const outputSchema = {
      type: 'object',
      properties: { name: { type: 'string' }, old: { type: 'boolean' } },
    };
    const text = said({ prompt: 'Who is "Ada Lovelace"?', outputSchema });
    expect(JSON.parse(text)).toEqual({ name: 'Ada Lovelace', old: true });
  });
});

describe('when the demo calls a tool', () => {
  test.each([
    ['by its name', 'Please use get_weather.', 'get_weather'],
    ['by a word of its name', 'How is the weather in Paris?', 'get_weather'],
    ['by a word of a name in camel case', 'Search for it.', 'searchWeb'],
  ])('it is named %s', (_, prompt, name) => {
    expect(toolCalled({ prompt, tools: [weather, search] })).toBe(name);
  });

  test('nothing asks for one: it answers', () => {
    expect(toolCalled({ prompt: 'Hello!', tools: [weather, search] })).toBeUndefined();
  });

  test('its result has come back: it tells the result', () => {
    const ask = { prompt: 'How is the weather?', tools: [weather], toolResult: '18 degrees' };
    expect(toolCalled(ask)).toBeUndefined();
    expect(said(ask)).toBe('The tool answered: 18 degrees');
  });

  test('it is forced: that one, or the first where any will do', () => {
    expect(toolCalled({ tools: [weather, search], forcedTool: 'searchWeb' })).toBe('searchWeb');
    expect(toolCalled({ tools: [weather, search], forcedTool: 'any' })).toBe('get_weather');
  });

  test('a coding agent offers its many tools: it keeps its hands off them', () => {
    const tools = ['Bash', 'Edit', 'Read', 'Write', 'WebFetch'].map((name) => ({ name, schema: {} }));
    expect(toolCalled({ prompt: 'Write a file and run it with Bash.', tools })).toBeUndefined();
    expect(toolCalled({ prompt: 'Anything', tools, forcedTool: 'Read' })).toBe('Read');
  });
});

describe('values made for a schema', () => {
  test.each([
    [{ const: 7 }, 7],
    [{ enum: ['red', 'green'] }, 'red'],
    [{ type: ['null', 'integer'], minimum: 3 }, 3],
    [{ type: 'ARRAY', items: { type: 'NUMBER' } }, [1]],
    [{ anyOf: [{ type: 'boolean' }, { type: 'string' }] }, true],
    [{ type: 'null' }, null],
    [{ properties: { city: {} } }, { city: 'Paris' }],
    [{ type: 'object', properties: { a: {}, b: {} }, required: ['b'] }, { b: 'Paris' }],
  ])('%j gives %j', (schema, value) => {
    expect(sampleOf(schema, 'the weather in Paris today')).toEqual(value);
  });

  test('no schema, however odd or deep, breaks it, and every value is JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (schema, prompt) => {
        expect(JSON.stringify(sampleOf(schema, prompt))).toBeTypeOf('string');
      }),
    );
    let deep: Record<string, unknown> = { type: 'string' };
    for (let level = 0; level < 50; level += 1) deep = { type: 'array', items: deep };
    expect(JSON.stringify(sampleOf(deep, 'x'))).toContain('null');
  });
});
