import { describe, expect, test } from 'vitest';
import type { Part } from '../../model/content.ts';
import { type Traces, tracesOf } from './traces.ts';

const NOTHING: Traces = {
  media: false,
  reasoning: false,
  vendor: false,
  ext: false,
  cacheMarks: false,
  custom: false,
  namespaces: false,
  names: new Set(),
  pairedIds: true,
};
const ANY = { toolCallIds: 'any' } as const;
const token = { vendor: 'openai', kind: 'encrypted', value: 'x' } as const;
const call = { type: 'tool-call', id: 'c', kind: 'function', name: 'f', arguments: '{}' } as const;
const result = { type: 'tool-result', callId: 'c', kind: 'function', content: [] } as const;
const image: Part = { type: 'media', kind: 'image', source: { type: 'url', url: 'https://a.b/c.png' } };

describe('tracesOf', () => {
  test('finds nothing in words, calls and results', () => {
    const parts: Part[] = [{ type: 'text', text: 'a' }, call, result, { type: 'refusal', text: 'no' }];
    expect(tracesOf([{ role: 'user', parts }], ANY)).toEqual({ ...NOTHING, names: new Set(['f']) });
  });

  test.each<[keyof Traces, Part]>([
    ['media', image],
    ['reasoning', { type: 'reasoning', form: 'text', sections: [] }],
    ['reasoning', { ...call, token }],
    ['vendor', { type: 'vendor', dialect: 'gemini', kind: 'executableCode', raw: {} }],
    ['ext', { type: 'text', text: '', ext: { a: 1 } }],
    ['cacheMarks', { type: 'text', text: '', cache: {} }],
    ['custom', { ...call, kind: 'custom' }],
    ['custom', { ...result, kind: 'custom' }],
    ['namespaces', { ...call, namespace: 'n' }],
  ])('sees %s', (name, part) => {
    expect(tracesOf([{ role: 'user', parts: [part] }], ANY)).toMatchObject({
      ...NOTHING,
      [name]: true,
      names: expect.any(Set),
      pairedIds: expect.any(Boolean),
    });
  });

  test('looks into results and into documents that are made of parts', () => {
    const document: Part = { type: 'media', kind: 'document', source: { type: 'parts', parts: [image] } };
    expect(tracesOf([{ role: 'user', parts: [{ ...result, content: [image] }] }], ANY).media).toBe(true);
    const marked: Part = { type: 'text', text: '', cache: {} };
    const holding: Part = { ...document, source: { type: 'parts', parts: [marked] } };
    expect(tracesOf([{ role: 'user', parts: [holding] }], ANY)).toMatchObject({
      media: true,
      cacheMarks: true,
    });
  });

  test('sees members on a turn', () => {
    expect(tracesOf([{ role: 'user', parts: [], ext: { a: 1 } }], ANY).ext).toBe(true);
    expect(tracesOf([{ role: 'user', parts: [], ext: {} }], ANY).ext).toBe(false);
  });

  test.each<[boolean, string, readonly Part[]]>([
    [
      true,
      'calls that are answered in any order',
      [call, { ...call, id: 'd' }, { ...result, callId: 'd' }, result],
    ],
    [false, 'a call without a result', [call]],
    [false, 'a result without a call', [result]],
    [false, 'two results of one call', [call, result, result]],
    [false, 'an id that is used twice', [call, result, call, result]],
    [
      false,
      'an id that the target refuses',
      [
        { ...call, id: 'a b' },
        { ...result, callId: 'a b' },
      ],
    ],
  ])('ids are paired: %s for %s', (expected, _what, parts) => {
    expect(tracesOf([{ role: 'assistant', parts }], ANY).pairedIds).toBe(expected);
  });

  test('what a target takes for an id is its own business', () => {
    expect(tracesOf([{ role: 'user', parts: [call, result] }], { toolCallIds: 'nine' }).pairedIds).toBe(
      false,
    );
  });
});
