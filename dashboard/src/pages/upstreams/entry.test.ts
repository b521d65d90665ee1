import { describe, expect, test } from 'vitest';
import {
  changesOf,
  faultsByField,
  faultsIn,
  fieldsOf,
  newEntry,
  otherMembers,
  suggestedId,
  withTyped,
} from './entry.ts';

const written = {
  id: 'openai',
  provider: 'openai',
  keys: ['${OPENAI_API_KEY}'],
  models: ['gpt-*'],
  aliases: { fast: 'gpt-5-mini' },
  limits: { rpm: 60, tpd: 5 },
  headers: { 'x-team': 'search' },
};

describe('the form of an upstream', () => {
  test('shows what is written, and knows which members it does not know', () => {
    expect(fieldsOf(written)).toMatchObject({
      id: 'openai',
      models: 'gpt-*',
      aliases: 'fast = gpt-5-mini',
      'limits.rpm': '60',
      'limits.concurrency': '',
      priority: '',
    });
    expect(otherMembers(written)).toEqual(['headers']);
  });

  test('only what was changed is sent, also within limits and aliases', () => {
    expect(changesOf(written, {})).toBeUndefined();
    expect(changesOf(written, { 'limits.rpm': '60' })).toBeUndefined();
    expect(changesOf(written, { 'limits.rpm': '90', 'limits.tpd': '' })).toEqual({
      limits: { rpm: 90, tpd: null },
    });
    expect(changesOf(written, { aliases: 'quick = gpt-5' })).toEqual({
      aliases: { fast: null, quick: 'gpt-5' },
    });
    expect(changesOf(written, { models: '', priority: '5' })).toEqual({ models: null, priority: 5 });
  });

  test('what somebody else changed meanwhile stays changed; what was typed stays typed', () => {
    const meanwhile = { ...written, priority: 20, proxy: 'http://proxy' };
    const typed = { weight: '3' } as const;
    expect(changesOf(meanwhile, typed)).toEqual({ weight: 3 });
    expect(withTyped(meanwhile, typed)).toEqual({ ...meanwhile, weight: 3 });
  });

  test('members without a field are in the whole entry as they were', () => {
    expect(withTyped(written, { proxy: 'socks5://p', 'limits.rpm': '' })).toEqual({
      ...written,
      proxy: 'socks5://p',
      limits: { tpd: 5 },
    });
  });

  test('a new entry has the members that were filled in, and no others', () => {
    const fields = { ...fieldsOf({}), id: ' mine ', provider: 'openai', models: 'a\n\n b ' };
    expect(newEntry(fields, ['sk-1', 'sk-2'])).toEqual({
      id: 'mine',
      provider: 'openai',
      models: ['a', 'b'],
      keys: ['sk-1', 'sk-2'],
    });
    expect(newEntry(fields, [])).not.toHaveProperty('keys');
  });

  test('numbers that are none and aliases without a model are told before anything is sent', () => {
    const fields = { ...fieldsOf(written), priority: 'high', 'limits.rpm': '1e3', aliases: 'fast' };
    expect(faultsIn(fields)).toEqual({ priority: 'number', aliases: 'alias' });
    expect(faultsIn(fieldsOf(written))).toEqual({});
  });

  test('what the gateway says is put at its field', () => {
    const faults = faultsByField([
      { path: 'upstreams[5].limits.rpm', message: 'Must be a number.' },
      { path: 'upstreams[5].keys[0].key', message: 'One.' },
      { path: 'upstreams[5].keys[1]', message: 'Two.' },
      { path: 'upstreams[5]', message: 'Needs a key.' },
      { path: 'routes[0].upstreams[0]', message: 'A route names it.' },
    ]);
    expect(faults).toEqual({
      'limits.rpm': 'Must be a number.',
      keys: 'One. Two.',
      '': 'Needs a key.',
      routes: 'A route names it.',
    });
  });

  test('a name is suggested that nobody has', () => {
    expect(suggestedId('openai', [])).toBe('openai');
    expect(suggestedId('openai', [{ id: 'openai' }, { id: 'openai-2' }])).toBe('openai-3');
  });
});
