import { describe, expect, test } from 'vitest';
import type { SluiceError } from '../../model/error.ts';
import {
  checkModelName,
  isError,
  MODEL_NAME_LIMIT,
  readModel,
  readStream,
  scanBody,
  wrongKind,
} from './peek-body.ts';

function errorOf(text: string): SluiceError {
  const scan = scanBody(Buffer.from(text), [['model']]);
  if (!isError(scan)) throw new Error('The body was accepted.');
  return scan;
}

describe('scanBody', () => {
  test('says what is wrong with the JSON and where, with line, column and byte', () => {
    const error = errorOf('{\n  "a": 1,\n  "b": tru\n}');
    expect(error.code).toBe('invalid_json');
    expect(error.message).toBe(
      'The request body is not acceptable JSON: value expected at line 3, column 8 (byte 19).',
    );
  });

  test('says that a body is empty or repeats a member', () => {
    expect(errorOf('').message).toContain('the text is empty at line 1, column 1 (byte 0)');
    expect(errorOf('{"model":"a","model":"b"}')).toMatchObject({
      code: 'invalid_json',
      message: expect.stringContaining("duplicate member 'model'"),
    });
  });

  test('takes valid JSON that is no object for a wrong request, not for broken JSON', () => {
    expect(errorOf('[]')).toMatchObject({
      code: 'invalid_request',
      message: 'The request body must be a JSON object.',
    });
    expect(errorOf('[').code).toBe('invalid_json');
  });
});

describe('readModel', () => {
  const read = (text: string, required: boolean) => {
    const body = Buffer.from(text);
    const scan = scanBody(body, [['model']]);
    return isError(scan) ? scan : readModel(body, scan, scan.found[0], required);
  };

  test('unescapes the name and keeps its span', () => {
    expect(read('{"model":"a\\/b"}', true)).toEqual({ model: 'a/b', modelSpan: { start: 9, end: 15 } });
  });

  test('refuses a mistyped name, naming the member', () => {
    for (const text of ['{"model":1}', '{"model":["a"]}', '{"model":false}', '{"model":{}}']) {
      for (const required of [true, false])
        expect(read(text, required)).toMatchObject({ code: 'invalid_request', param: 'model' });
    }
    expect(read('{"model":7}', true)).toMatchObject({ message: "'model' must be a string, not a number." });
  });

  test('says where a name can be put in where none is given', () => {
    const missing = { start: 1, end: 1, before: '"model":', after: ',' };
    expect(read('{"a":1}', true)).toEqual({ model: '', modelGap: missing });
    expect(read('{ }', true)).toEqual({ model: '', modelGap: { ...missing, after: '' } });
    expect(read('\n{"model":null}', true)).toEqual({
      model: '',
      modelGap: { start: 10, end: 14, before: '', after: '' },
    });
    expect(read('{"model":""}', true)).toEqual({
      model: '',
      modelGap: { start: 9, end: 11, before: '', after: '' },
    });
  });

  test('marks a request that needs no name', () => {
    expect(read('{"a":1}', false)).toMatchObject({ model: '', needsNoModel: true });
    expect(read('{"model":"m"}', false)).toEqual({ model: 'm', modelSpan: { start: 9, end: 12 } });
  });
});

test('a model name has no control characters and at most 512 characters', () => {
  expect(checkModelName('a'.repeat(MODEL_NAME_LIMIT))).toBe('a'.repeat(MODEL_NAME_LIMIT));
  expect(checkModelName('a'.repeat(MODEL_NAME_LIMIT + 1))).toMatchObject({
    code: 'invalid_request',
    param: 'model',
  });
  expect(checkModelName('gpt\r\nx-header: 1')).toMatchObject({ code: 'invalid_request', param: 'model' });
});

test('stream is true, false, null or absent, and nothing else', () => {
  const at = { start: 0, end: 4 };
  expect(readStream(undefined)).toBe(false);
  expect(readStream({ ...at, kind: 'null' })).toBe(false);
  expect(readStream({ ...at, kind: 'false' })).toBe(false);
  expect(readStream({ ...at, kind: 'true' })).toBe(true);
  expect(readStream({ ...at, kind: 'string' })).toMatchObject({
    param: 'stream',
    message: "'stream' must be true or false, not a string.",
  });
});

test('a member of a wrong kind is named together with what it should be', () => {
  expect(wrongKind({ start: 0, end: 2, kind: 'object' }, 'messages', ['array'], 'an array')).toMatchObject({
    code: 'invalid_request',
    param: 'messages',
    message: "'messages' must be an array, not an object.",
  });
});
