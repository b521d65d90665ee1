import { describe, expect, test } from 'vitest';
import { dialects } from '../dialects/index.ts';
import { traitsFor } from '../providers/traits/index.ts';
import { type PreviewSetting, previewAnswer, previewRequest } from './preview.ts';

const traits = traitsFor('gemini', 'gemini', 'gemini-2.5-pro');
const setting: PreviewSetting = { from: dialects['openai-chat'], to: dialects.gemini, traits };
const answering: PreviewSetting = { from: dialects.gemini, to: dialects['openai-chat'], traits };
const bytes = (text: string): Buffer => Buffer.from(text);
const chunk = (text: string, finishReason?: string): string =>
  JSON.stringify({ candidates: [{ content: { parts: [{ text }] }, finishReason }] });

describe('previewRequest', () => {
  test('asks for the model that the request names, unless told otherwise', () => {
    const body = bytes('{"model":"m","messages":[{"role":"user","content":"Hi"}]}');
    expect(previewRequest(setting, body)).toMatchObject({ path: '/v1beta/models/m:generateContent' });
    expect(previewRequest({ ...setting, model: 'x', stream: true }, body)).toMatchObject({
      path: '/v1beta/models/x:streamGenerateContent?alt=sse',
    });
  });

  test('says on which line a text stops being JSON, in bytes, and does not count a byte order mark', () => {
    expect(previewRequest(setting, bytes('\ufeff{\n"größer": x}'))).toMatchObject({
      code: 'invalid_json',
      message: expect.stringMatching(/ at line 2, column 1[0-3]\.$/),
    });
  });

  test('takes no request without a model', () => {
    expect(previewRequest(setting, bytes('{"messages":[]}'))).toMatchObject({ param: 'model' });
  });
});

describe('previewAnswer', () => {
  test('reads streams of events and of one array alike', () => {
    const events = bytes(`data: ${chunk('Hel')}\n\ndata: ${chunk('lo', 'STOP')}\n\n`);
    const array = bytes(`[${chunk('Hel')},\n${chunk('lo', 'STOP')}]`);
    const shown = previewAnswer({ ...answering, stream: true }, events);
    expect(shown).toEqual(previewAnswer({ ...answering, stream: true }, array));
    expect(shown).toMatchObject({ body: expect.stringContaining('data: [DONE]') });
  });

  test('is an error where the stream has failed before any output, and else shows the error in it', () => {
    const stream = { ...answering, stream: true };
    expect(previewAnswer(stream, bytes(''))).toMatchObject({ code: 'upstream_closed' });
    const broken = previewAnswer(stream, bytes(`data: ${chunk('Hel')}\n\n`));
    expect(broken).toMatchObject({ body: expect.stringMatching(/Hel.*"error"/s) });
  });

  test('is an error where the body is none', () => {
    expect(previewAnswer(answering, bytes('{"candidates":'))).toMatchObject({ code: 'invalid_json' });
    expect(previewAnswer(answering, bytes('[]'))).toMatchObject({ source: 'upstream' });
  });
});
