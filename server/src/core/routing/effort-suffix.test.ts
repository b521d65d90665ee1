import { describe, expect, test } from 'vitest';
import { EFFORTS } from '../model/request.ts';
import { splitEffort } from './effort-suffix.ts';
import { interpret, type Routable } from './offer.ts';

describe('splitEffort', () => {
  test.each(['none', ...EFFORTS])('takes %s off the end of a name', (effort) => {
    expect(splitEffort(`vendor/m-1-reasoning-${effort}`)).toEqual({ model: 'vendor/m-1', effort });
  });

  test('takes off the last ending only', () => {
    expect(splitEffort('m-reasoning-low-reasoning-high')).toEqual({
      model: 'm-reasoning-low',
      effort: 'high',
    });
  });

  test.each([
    '',
    'm',
    'm-reasoning-',
    'm-reasoning-hard',
    'm-reasoning-HIGH',
    'm-reasoning-high-',
    '-reasoning-high',
    'm-high',
  ])('leaves %j alone', (name) => {
    expect(splitEffort(name)).toBeUndefined();
  });
});

describe('3.25 interpret', () => {
  const upstream = (id: string, more: Partial<Routable> = {}): Routable => ({
    id,
    enabled: true,
    priority: 0,
    dialects: ['openai-chat'],
    convert: [],
    keys: [],
    models: [],
    aliases: {},
    provider: { owns: [] },
    ...more,
  });
  const read = (
    model: string,
    upstreams: readonly Routable[],
    globalAliases: Readonly<Record<string, string>> = {},
    takesEffort = true,
  ) => interpret(upstreams, { model, globalAliases, takesEffort });
  const high = (model: string, only?: string) => ({ model, only, effort: 'high' });
  const plain = (model: string, only?: string) => ({ model, only });

  test('takes the effort off a name that nobody lists, where the use takes one', () => {
    expect(read('m-reasoning-high', [upstream('a')])).toEqual(high('m'));
    expect(read('m-reasoning-high', [upstream('a')], {}, false)).toEqual(plain('m-reasoning-high'));
  });

  test('only a list or an alias that is in use keeps it on', () => {
    const lists = { models: ['m-reasoning-high'] };
    expect(read('m-reasoning-high', [upstream('a'), upstream('b', lists)])).toEqual(
      plain('m-reasoning-high'),
    );
    expect(read('m-reasoning-high', [upstream('b', { ...lists, enabled: false })])).toEqual(high('m'));
    expect(read('m-reasoning-high', [upstream('b', { models: ['other'] })])).toEqual(high('m'));
  });

  test('an address asks the addressed upstream whether it lists the name', () => {
    const both = [upstream('a'), upstream('b', { models: ['m-reasoning-high'] })];
    expect(read('a/m-reasoning-high', both)).toEqual(high('m', 'a'));
    expect(read('b/m-reasoning-high', both)).toEqual(plain('m-reasoning-high', 'b'));
  });

  test('what is left may be a name that a router lists, though it looks like an address', () => {
    const both = [upstream('vendor'), upstream('router', { models: ['vendor/m'] })];
    expect(read('vendor/m-reasoning-high', both)).toEqual({ ...high('vendor/m'), notMeant: 'vendor' });
  });

  test('a global alias is applied once: to the whole name, or to what is left of it', () => {
    const open = [upstream('a')];
    expect(read('m-reasoning-high', open, { 'm-reasoning-high': 'x' })).toEqual(plain('x'));
    expect(read('m-reasoning-high', open, { m: 'x', x: 'y' })).toEqual(high('x'));
    expect(read('m', open, { m: 'x-reasoning-high', x: 'y' })).toEqual(high('x'));
    expect(read('m-reasoning-high', open, { 'm-reasoning-high': 'm-reasoning-high' })).toEqual(
      plain('m-reasoning-high'),
    );
  });
});
