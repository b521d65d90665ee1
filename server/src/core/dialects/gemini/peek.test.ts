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

  test('lets a path without a model through; its body has no place for one', () => {
    expect(peek(BODY, 'generate', undefined, false)).toEqual({ model: '', stream: false });
    expect(peek(BODY, 'generate', 'models/', true)).toEqual({ model: '', stream: true });
  });

  test.each([
    ['embed', '{"model":"models/m","content":{}}', ['"models/m"']],
    [
      'embed',
      '{"requests":[{"model":"models/m"},{"content":{}},{"x":[1], "model" : "models/n"}]}',
      ['"models/m"', '"models/n"'],
    ],
    ['embed', '{"requests":[[{"model":"models/m"}],7,"x"]}', []],
    ['count-tokens', '{"generateContentRequest":{"contents":[],"model":"models/m"}}', ['"models/m"']],
    ['count-tokens', '{"generate_content_request":{"model":"models/ü"}}', ['"models/ü"']],
    ['generate', '{"contents":[],"model":"models/m"}', []],
  ] as const)('finds where the body repeats the model (%s %s)', (use, text, repeats) => {
    const body = Buffer.from(text);
    const result = peek(body, use, 'm', false);
    if ('code' in result) throw new Error(result.message);
    const found = (result.modelRepeats ?? []).map(({ start, end }) => body.toString('utf8', start, end));
    expect(found).toEqual(repeats);
  });

  test('refuses a body that is no object', () => {
    expect(peek(Buffer.from('[]'), 'generate', 'm', false)).toMatchObject({ code: 'invalid_request' });
    expect(peek(Buffer.from('{'), 'generate', 'm', false)).toMatchObject({ code: 'invalid_json' });
  });
});
