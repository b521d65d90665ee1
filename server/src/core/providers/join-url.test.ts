import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinUrl } from './join-url.ts';

const chat = '/v1/chat/completions';

describe('joinUrl', () => {
  it.each([
    ['https://host', chat, '/v1/chat/completions'],
    ['https://host/', chat, '/v1/chat/completions'],
    ['https://host/v1', chat, '/v1/chat/completions'],
    ['https://host/v1/', chat, '/v1/chat/completions'],
    ['https://host//v1//', chat, '/v1/chat/completions'],
    ['https://openrouter.ai/api/v1', chat, '/api/v1/chat/completions'],
    ['https://openrouter.ai/api', '/v1/messages', '/api/v1/messages'],
    ['https://api.groq.com/openai/v1', '/v1/models', '/openai/v1/models'],
    ['https://api.z.ai/api/paas/v4', chat, '/api/paas/v4/chat/completions'],
    ['https://api.z.ai/api/anthropic', '/v1/messages', '/api/anthropic/v1/messages'],
    [
      'https://api.deepseek.com/anthropic',
      '/v1/messages/count_tokens',
      '/anthropic/v1/messages/count_tokens',
    ],
    ['https://g', '/v1beta/models/gemini-x:generateContent', '/v1beta/models/gemini-x:generateContent'],
    [
      'https://g/v1beta',
      '/v1beta/models/gemini-x:generateContent',
      '/v1beta/models/gemini-x:generateContent',
    ],
    ['https://g/v1', '/v1beta/models/m:countTokens', '/v1/models/m:countTokens'],
    ['https://g/v1beta/openai', chat, '/v1beta/openai/chat/completions'],
    ['https://relay/v1/account/gateway/openai', chat, '/v1/account/gateway/openai/chat/completions'],
    [
      'https://relay/v1/account/gateway/anthropic',
      '/v1/messages',
      '/v1/account/gateway/anthropic/v1/messages',
    ],
    ['https://host/v1', '/chat/completions', '/v1/chat/completions'],
    ['https://host/proxy', '/proxy/v1/models', '/proxy/v1/models'],
    ['https://host/v1/chat/completions', chat, '/v1/chat/completions'],
    ['https://host/v1/chat/completions', '/v1/models', '/v1/models'],
    ['https://host/chat/completions', chat, '/chat/completions'],
    ['https://host/v1', '/v1/files/', '/v1/files'],
    ['https://host/v1#part', '/v1/files', '/v1/files'],
    ['http://127.0.0.1:11434', '/v1/responses', '/v1/responses'],
  ])('joins %s and %s to %s', (base, path, target) => {
    expect(joinUrl(base, path, '').target).toBe(target);
  });

  it.each([
    ['https://g', '/upload/v1beta/files'],
    ['https://g/v1beta', '/upload/v1beta/files'],
    ['https://g/v1beta/', '/upload/v1beta/files'],
  ])('puts the upload prefix of %s in front of the version', (base, target) => {
    expect(joinUrl(base, '/upload/v1beta/files', '').target).toBe(target);
  });

  it.each(['https://g', 'https://g/v1beta'])(
    'puts a WebSocket path of %s in place of the version',
    (base) => {
      const path = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';
      expect(joinUrl(base, path, '').target).toBe(path);
    },
  );

  it('keeps a mount point in front of the upload prefix', () => {
    expect(joinUrl('https://h/google/v1beta', '/upload/v1beta/files', '').target).toBe(
      '/google/upload/v1beta/files',
    );
  });

  it.each([
    [
      'https://r.openai.azure.com/openai/deployments/x?api-version=2024-10-21',
      chat,
      'deployments/x/chat/completions',
    ],
    [
      'https://r.openai.azure.com/openai/deployments/chat?api-version=2024-10-21',
      chat,
      'deployments/chat/chat/completions',
    ],
    [
      'https://r.openai.azure.com/openai/deployments/embeddings/?api-version=2024-10-21',
      '/v1/embeddings',
      'deployments/embeddings/embeddings',
    ],
    ['https://r.openai.azure.com/openai?api-version=2024-10-21', '/v1/responses', 'responses'],
  ])('drops the version in front of the dated Azure API: %s', (base, path, tail) => {
    expect(joinUrl(base, path, '').target).toBe(`/openai/${tail}?api-version=2024-10-21`);
  });

  it('keeps the origin as written, port included', () => {
    expect(joinUrl('http://127.0.0.1:8080/v1', '/v1/models', '').origin).toBe('http://127.0.0.1:8080');
    expect(joinUrl('https://host', '/', '')).toEqual({ origin: 'https://host', target: '/' });
  });

  it('puts the parameters of the base first and lets them win over those of the client', () => {
    expect(joinUrl('https://h/v1?a=1', '/v1/x', '?b=2&a=3&alt=sse').target).toBe('/v1/x?a=1&b=2&alt=sse');
    expect(joinUrl('https://h/v1', '/v1/x', '?alt=sse').target).toBe('/v1/x?alt=sse');
    expect(joinUrl('https://h/v1?a=1', '/v1/x', '').target).toBe('/v1/x?a=1');
    expect(joinUrl('https://h/v1?', '/v1/x', '?').target).toBe('/v1/x');
  });

  it('leaves escapes in a path alone', () => {
    expect(joinUrl('https://h/v1', '/v1/models/a%2Fb%20c', '').target).toBe('/v1/models/a%2Fb%20c');
  });

  it('never doubles a version or a slash, and never loses the end of the path', () => {
    const version = fc.constantFrom('v1', 'v2', 'v4', 'v1beta', 'v1alpha');
    const word = fc.constantFrom(
      'api',
      'openai',
      'anthropic',
      'paas',
      'inference',
      'deployments',
      'chat',
      'files',
    );
    const base = fc
      .tuple(
        fc.array(word, { maxLength: 3 }),
        fc.option(version, { nil: undefined }),
        fc.constantFrom('', '/', '//'),
      )
      .map(([words, last, end]) => ['https://host', ...words, ...(last ? [last] : [])].join('/') + end);
    const path = fc
      .tuple(
        fc.boolean(),
        version,
        fc.array(word, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('unique-end', 'x:y'),
      )
      .map(
        ([upload, first, words, last]) => `/${upload ? 'upload/' : ''}${first}/${[...words, last].join('/')}`,
      );
    fc.assert(
      fc.property(base, path, (one, two) => {
        const { target } = joinUrl(one, two, '');
        expect(target).not.toMatch(/\/v\d\w*\/v\d/);
        expect(target).not.toContain('//');
        expect(target.endsWith(two.split('/').at(-1) ?? '')).toBe(true);
      }),
    );
  });

  it('never throws, whatever the operator and the client write', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (base, path, query) => {
        expect(joinUrl(base, path, query).target.startsWith('/')).toBe(true);
      }),
    );
  });
});
