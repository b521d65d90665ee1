import { describe, expect, test } from 'vitest';
import { dataUrl, mimeOfSound, sourceOfUrl } from './data-url.ts';

describe('sourceOfUrl', () => {
  test('takes the bytes and the type out of a data URL of base64', () => {
    expect(sourceOfUrl(dataUrl('image/png', 'AAAA'))).toEqual({
      source: { type: 'base64', data: 'AAAA' },
      mimeType: 'image/png',
    });
    expect(sourceOfUrl('data:text/plain;charset=utf-8;base64,QQ==')).toMatchObject({
      mimeType: 'text/plain',
    });
    expect(sourceOfUrl('data:;base64,AAAA')).toEqual({ source: { type: 'base64', data: 'AAAA' } });
  });

  test.each(['https://a.b/c.png', 'data:image/png,plain', 'data:image/png;base64'])(
    'leaves %s a URL',
    (url) => {
      expect(sourceOfUrl(url)).toEqual({ source: { type: 'url', url } });
    },
  );
});

test('mimeOfSound knows that mp3 is called otherwise', () => {
  expect([mimeOfSound('wav'), mimeOfSound('mp3')]).toEqual(['audio/wav', 'audio/mpeg']);
});
