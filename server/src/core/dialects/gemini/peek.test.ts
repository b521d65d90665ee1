import { describe, expect, test } from 'vitest';
import { peek } from './peek.ts';

const BODY = Buffer.from('{"contents":[]}');

describe('peek of gemini', () => {
  test('takes model and stream from the path', () => {
    expect(peek(BODY, 'generate', 'gemini-pro', true)).toEqual({ model: 'gemini-pro', stream: true });
    expect(peek(BODY, 'generate', 'gemini-pro', false)).toEqual({ model: 'gemini-pro', stream: false });
  });

  test('takes models/ off the name and leaves other collections on', () => {
    expect(peek(BODY, 'generate', 'models/gemini-pro', false)).toMatchObject({ model: 'gemini-pro' });
    expect(peek(BODY, 'generate', 'tunedModels/mine', false)).toMatchObject({ model: 'tunedModels/mine' });
  });

  test('streams only what generates', () => {
    expect(peek(BODY, 'embed', 'm', true)).toMatchObject({ stream: false });
    expect(peek(BODY, 'count-tokens', 'm', true)).toMatchObject({ stream: false });
  });

  test('refuses a path without a model and a body that is no object', () => {
    expect(peek(BODY, 'generate', undefined, false)).toMatchObject({
      code: 'invalid_request',
      param: 'model',
    });
    expect(peek(BODY, 'generate', 'models/', false)).toMatchObject({
      code: 'invalid_request',
      param: 'model',
    });
    expect(peek(Buffer.from('[]'), 'generate', 'm', false)).toMatchObject({ code: 'invalid_request' });
    expect(peek(Buffer.from('{'), 'generate', 'm', false)).toMatchObject({ code: 'invalid_json' });
  });
});
