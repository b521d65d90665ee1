// What the editor suggests and explains.

import { describe, expect, test } from 'vitest';
import type { JsonSchema } from '../schema.ts';
import { helpAt, suggestionsAt } from './suggest.ts';

const texts: JsonSchema = { type: 'array', items: { type: 'string' } };
const schema: JsonSchema = {
  type: 'object',
  properties: {
    log: {
      type: 'object',
      default: {},
      description: 'The log.',
      properties: {
        level: { type: 'string', enum: ['info', 'debug'], default: 'info', description: 'How much is said.' },
        file: { type: 'string' },
      },
    },
    upstreams: { type: 'array', items: { type: 'object', properties: { id: { type: 'string' } } } },
    routes: {
      type: 'array',
      items: {
        type: 'object',
        properties: { id: { type: 'string' }, upstreams: texts, models: texts, lossy: { type: 'boolean' } },
      },
    },
    aliases: { type: 'object', additionalProperties: { type: 'string' } },
  },
};
const known = { models: ['gpt-5'] };

/** The suggestions where "|" stands, each as it would be put in. */
function at(marked: string): readonly string[] {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  return suggestionsAt(text, offset, schema, known)?.options.map(({ insert }) => insert) ?? [];
}

/** The text after the suggestion of this label was taken where "|" stands. */
function taken(marked: string, label: string): string {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const found = suggestionsAt(text, offset, schema, known);
  const option = found?.options.find((one) => one.label === label);
  if (found === undefined || option === undefined) throw new Error(`${label} is not suggested.`);
  return text.slice(0, found.from) + option.insert + text.slice(found.to);
}

describe('11.6 The editor suggests', () => {
  test('members that are not there yet, with what they begin with', () => {
    expect(at('{ | }')).toEqual(['"log": {}', '"upstreams": []', '"routes": []', '"aliases": {}']);
    expect(at('{ "log": { "level": "info", | } }')).toEqual(['"file": ""']);
  });

  test('in the place of a name that is begun, before the value that is there', () => {
    expect(taken('{ "log": { "le|" } }', 'level')).toBe('{ "log": { "level": "info" } }');
    expect(taken('{ "log": { "le|": "debug" } }', 'level')).toBe('{ "log": { "level": "debug" } }');
    expect(taken('{ lo| }', 'log')).toBe('{ "log": {} }');
  });

  test('a comma where another member follows', () => {
    expect(taken('{ | "aliases": {} }', 'log')).toBe('{ "log": {}, "aliases": {} }');
  });

  test('the values that a member may have, the default first', () => {
    expect(at('{ "log": { "level": | } }')).toEqual(['"info"', '"debug"']);
    expect(taken('{ "log": { "level": "d|" } }', 'debug')).toBe('{ "log": { "level": "debug" } }');
    expect(at('{ "routes": [{ "lossy": | }] }')).toEqual(['true', 'false']);
  });

  test('ids of upstreams and names of models where they are referred to', () => {
    const upstreams = '"upstreams": [{ "id": "one" }, { "id": "two" }], "aliases": { "fast": "x" }';
    expect(at(`{ ${upstreams}, "routes": [{ "upstreams": ["|"] }] }`)).toEqual(['"one"', '"two"']);
    expect(at(`{ ${upstreams}, "routes": [{ "models": ["|"] }] }`)).toEqual(['"fast"', '"gpt-5"']);
    expect(at(`{ "aliases": { "a": "|" } }`)).toEqual(['"a"', '"gpt-5"']);
  });

  test('nothing in a comment', () => {
    expect(at('{ // | \n }')).toEqual([]);
    expect(at('{ /* | */ }')).toEqual([]);
    expect(at('{ "a": "//", | }')).toContain('"log": {}');
  });
});

describe('The editor explains', () => {
  test('the member under the pointer', () => {
    const text = '{ "log": { "level": "debug" } }';
    expect(helpAt(text, text.indexOf('level') + 1, schema)).toMatchObject({
      name: 'level',
      description: 'How much is said.',
      detail: 'info | debug = "info"',
      from: text.indexOf('"level"'),
    });
    expect(helpAt(text, text.indexOf('log') + 1, schema)?.description).toBe('The log.');
  });

  test('nothing where nothing is known', () => {
    expect(helpAt('{ "strange": 1 }', 4, schema)).toBeUndefined();
    expect(helpAt('// log\n{}', 4, schema)).toBeUndefined();
  });
});
