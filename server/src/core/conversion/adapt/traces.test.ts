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
};
const token = { vendor: 'openai', kind: 'encrypted', value: 'x' } as const;
const call = { type: 'tool-call', id: 'c', kind: 'function', name: 'f', arguments: '{}' } as const;
const result = { type: 'tool-result', callId: 'c', kind: 'function', content: [] } as const;
const image: Part = { type: 'media', kind: 'image', source: { type: 'url', url: 'https://a.b/c.png' } };

describe('tracesOf', () => {
  test('finds nothing in words, calls and results', () => {
    const parts: Part[] = [{ type: 'text', text: 'a' }, call, result, { type: 'refusal', text: 'no' }];
    expect(tracesOf([{ role: 'user', parts }])).toEqual(NOTHING);
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
    expect(tracesOf([{ role: 'user', parts: [part] }])).toEqual({ ...NOTHING, [name]: true });
  });

  test('looks into results and into documents that are made of parts', () => {
    const document: Part = { type: 'media', kind: 'document', source: { type: 'parts', parts: [image] } };
    expect(tracesOf([{ role: 'user', parts: [{ ...result, content: [image] }] }]).media).toBe(true);
    const marked: Part = { type: 'text', text: '', cache: {} };
    const holding: Part = { ...document, source: { type: 'parts', parts: [marked] } };
    expect(tracesOf([{ role: 'user', parts: [holding] }])).toMatchObject({ media: true, cacheMarks: true });
  });

  test('sees members on a turn', () => {
    expect(tracesOf([{ role: 'user', parts: [], ext: { a: 1 } }]).ext).toBe(true);
    expect(tracesOf([{ role: 'user', parts: [], ext: {} }]).ext).toBe(false);
  });
});
