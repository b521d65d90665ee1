// Forms out of a schema.

import { describe, expect, test } from 'vitest';
import type { JsonSchema } from '../schema.ts';
import {
  beginningOf,
  type Field,
  fieldOf,
  finds,
  membersOf,
  readNumber,
  unitOf,
  variantOf,
} from './fields.ts';

const schema: JsonSchema = {
  type: 'object',
  properties: {
    $schema: { type: 'string' },
    version: { type: 'number', const: 1 },
    host: { type: 'string', default: '127.0.0.1', description: 'Address to listen on.' },
    drainMs: { type: 'integer', minimum: 0, maximum: 10, default: 5 },
    open: { type: 'boolean' },
    level: { enum: ['info', 'debug'], type: 'string', default: 'info' },
    on: { type: 'array', items: { anyOf: [{ type: 'integer' }, { type: 'string', enum: ['5xx'] }] } },
    aliases: { type: 'object', additionalProperties: { type: 'string' } },
    traits: { type: 'object', additionalProperties: { type: 'object', properties: {} } },
    clients: { type: 'array', items: { type: 'object', properties: {} } },
    cors: { type: 'object', properties: { origins: { type: 'array', items: { type: 'string' } } } },
    dispatch: {
      default: 'serial',
      anyOf: [
        { type: 'string', enum: ['serial', 'race'] },
        {
          type: 'object',
          properties: {
            type: { type: 'string', enum: ['serial', 'race'] },
            delayMs: { type: 'integer' },
            delay_ms: { type: 'integer' },
          },
          required: ['type'],
        },
      ],
    },
    affinity: { anyOf: [{ type: 'boolean' }, { type: 'object', properties: {} }] },
  },
};

function field(name: string): Field {
  const found = membersOf(schema, []).find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no field ${name}.`);
  return found;
}

describe('11.6 A form out of the schema', () => {
  test('has a control for each kind of value', () => {
    const kinds = Object.fromEntries(membersOf(schema, []).map(({ name, kind }) => [name, kind]));
    expect(kinds).toEqual({
      host: 'text',
      drainMs: 'number',
      open: 'yes-no',
      level: 'choice',
      on: 'texts',
      aliases: 'map',
      traits: 'json',
      clients: 'json',
      cors: 'group',
      dispatch: 'either',
      affinity: 'either',
    });
  });

  test('knows default, bounds, unit and description of a setting', () => {
    expect(field('host')).toMatchObject({ fallback: '127.0.0.1', description: 'Address to listen on.' });
    expect(field('drainMs')).toMatchObject({ least: 0, most: 10, isInteger: true, unit: 'ms' });
  });

  test('leaves other spellings of a member to the file', () => {
    const dispatch = field('dispatch');
    const group = dispatch.kind === 'either' ? dispatch.variants[2]?.field : undefined;
    expect(group?.kind === 'group' && group.fields.map(({ name }) => name)).toEqual(['type', 'delayMs']);
  });

  test('tells which kind a value is of, and what a kind begins with', () => {
    const dispatch = field('dispatch');
    if (dispatch.kind !== 'either') throw new Error('It is no choice of kinds.');
    const { variants } = dispatch;
    expect(variantOf(variants, 'race')?.literal).toBe('race');
    expect(variantOf(variants, { type: 'race' })?.field?.kind).toBe('group');
    expect(variantOf(variants, 7)).toBeUndefined();
    expect(variants.map(beginningOf)).toEqual(['serial', 'race', { type: 'serial' }]);
  });

  test('says why a number cannot stand there', () => {
    const drain = field('drainMs');
    if (drain.kind !== 'number') throw new Error('It is no number.');
    expect(readNumber('7', drain)).toEqual({ value: 7 });
    expect(readNumber('', drain)).toBe('not a number');
    expect(readNumber('7.5', drain)).toBe('not whole');
    expect(readNumber('-1', drain)).toBe('too small');
    expect(readNumber('11', drain)).toBe('too large');
  });
});

describe('A search over settings', () => {
  test('finds names, places and descriptions, and groups by what is in them', () => {
    expect(finds(field('host'), ['listen', 'address'])).toBe(true);
    expect(finds(field('host'), ['listen', 'port'])).toBe(false);
    expect(finds(field('cors'), ['cors.origins'])).toBe(true);
    expect(finds(field('cors'), [])).toBe(true);
  });

  test('finds the setting that a value belongs to', () => {
    expect(finds(field('aliases'), ['aliases.fast'])).toBe(true);
    expect(finds(field('clients'), ['clients[0].id'])).toBe(true);
    expect(finds(field('host'), ['hosts.fast'])).toBe(false);
  });
});

test('the name of a number says what it counts', () => {
  expect(['idleMs', 'ttlSeconds', 'retentionDays', 'maxBytes', 'usd', 'priority'].map(unitOf)).toEqual([
    'ms',
    's',
    'days',
    'bytes',
    'usd',
    undefined,
  ]);
});

test('a field without a known kind is edited as JSON', () => {
  expect(fieldOf({}, ['x']).kind).toBe('json');
});
