import { describe, expect, it } from 'vitest';
import { type Match, matchRoute, type Routing } from './routes.ts';

function find(method: string, target: string, headers: Record<string, string> = {}): Routing {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return matchRoute(method, path, (name) => headers[name], mark < 0 ? '' : target.slice(mark));
}

function match(method: string, target: string, headers: Record<string, string> = {}): Match {
  const routing = find(method, target, headers);
  if (!routing.found) throw new Error(`${method} ${target}: ${routing.error.message}`);
  return routing.match;
}

function summary(method: string, target: string, headers: Record<string, string> = {}): string {
  const { route, path, family, model, stream } = match(method, target, headers);
  const use = route.kind === 'exchange' ? `${route.dialect} ${route.use}` : `${route.kind} ${family}`;
  return [route.name, use, path, model ?? '-', stream ? 'stream' : 'json'].join(' | ');
}

const GOOG = { 'x-goog-api-key': 'k' };
const ANTHROPIC = { 'anthropic-version': '2023-06-01' };

describe('routes', () => {
  it.each([
    [
      'POST',
      '/v1/chat/completions',
      'chat.completions | openai-chat generate | /v1/chat/completions | - | json',
    ],
    ['POST', '/v1/chat?stream=true', 'chat | openai-chat generate | /v1/chat | - | json'],
    ['POST', '/v1/responses', 'responses | openai-responses generate | /v1/responses | - | json'],
    [
      'POST',
      '/v1/responses/input_tokens',
      'responses.input_tokens | openai-responses count-tokens | /v1/responses/input_tokens | - | json',
    ],
    ['POST', '/v1/messages?beta=true', 'messages | anthropic-messages generate | /v1/messages | - | json'],
    [
      'POST',
      '/v1/messages/count_tokens?beta=true',
      'messages.count_tokens | anthropic-messages count-tokens | /v1/messages/count_tokens | - | json',
    ],
    ['POST', '/v1/embeddings', 'embeddings | openai-chat embed | /v1/embeddings | - | json'],
    ['POST', '/v1/completions', 'completions | openai-chat complete | /v1/completions | - | json'],
    ['POST', '/v1/moderations', 'moderations | openai-chat moderate | /v1/moderations | - | json'],
  ])('finds %s %s', (method, target, expected) => {
    expect(summary(method, target)).toBe(expected);
  });

  it.each([
    [
      '/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse',
      'gemini.streamGenerateContent',
      'gemini-2.5-pro',
      true,
    ],
    ['/v1beta/models/gemini-2.5-pro:generateContent', 'gemini.generateContent', 'gemini-2.5-pro', false],
    ['/v1beta/models/g:generateContent?alt=sse', 'gemini.generateContent', 'g', true],
    ['/v1/models/gemini-2.5-flash:generateContent', 'gemini.generateContent', 'gemini-2.5-flash', false],
    ['/v1alpha/models/g:countTokens', 'gemini.countTokens', 'g', false],
    [
      '/v1/models/gemini-embedding-001:batchEmbedContents',
      'gemini.batchEmbedContents',
      'gemini-embedding-001',
      false,
    ],
    ['/v1beta/models/e:embedContent', 'gemini.embedContent', 'e', false],
    [
      '/v1beta/models/openai/gpt-oss-120b:generateContent',
      'gemini.generateContent',
      'openai/gpt-oss-120b',
      false,
    ],
    ['/v1beta/models/openai%2Fgpt-oss:generateContent', 'gemini.generateContent', 'openai/gpt-oss', false],
    ['/v1beta/models/llama3:8b:generateContent', 'gemini.generateContent', 'llama3:8b', false],
    ['/v1beta/models/a%20b:generateContent', 'gemini.generateContent', 'a b', false],
    ['/v1beta/models/a%2520b:generateContent', 'gemini.generateContent', 'a%20b', false],
    ['/v1beta/models/g%3AgenerateContent', 'gemini.generateContent', 'g', false],
    ['/v1beta/tunedModels/t-1:generateContent', 'gemini.generateContent', 'tunedModels/t-1', false],
    ['/v1beta/v1beta/models/g:generateContent', 'gemini.generateContent', 'g', false],
    ['/gemini/v1beta/models/g:generateContent', 'gemini.generateContent', 'g', false],
    ['/gemini/models/g:generateContent', 'gemini.generateContent', 'g', false],
    [
      '/v1beta1/publishers/google/models/g:streamGenerateContent?alt=sse',
      'gemini.streamGenerateContent',
      'g',
      true,
    ],
  ])('reads verb, model and stream of %s', (target, name, model, stream) => {
    const found = match('POST', target);
    expect([found.route.name, found.model, found.stream, found.dialect]).toEqual([
      name,
      model,
      stream,
      'gemini',
    ]);
  });

  it.each([
    ['/v1/v1/messages', '/v1/messages'],
    ['/anthropic/v1/messages', '/v1/messages'],
    ['/anthropic/messages', '/v1/messages'],
    ['/anthropic/v1/v1/messages/', '/v1/messages'],
    ['/openai/v1/chat/completions', '/v1/chat/completions'],
    ['/openai/chat/completions', '/v1/chat/completions'],
    ['/chat/completions', '/v1/chat/completions'],
    ['/responses', '/v1/responses'],
    ['//v1/chat/completions', '/v1/chat/completions'],
    ['/v1/chat/completions/', '/v1/chat/completions'],
    ['/v1beta/openai/chat/completions', '/v1/chat/completions'],
  ])('takes %s for %s', (target, path) => {
    expect(match('POST', target).path).toBe(path);
  });

  it('greets on / and /api/hello, also below a version', () => {
    for (const target of ['/', '/api/hello', '/v1/api/hello', '/anthropic/api/hello']) {
      expect(match('HEAD', target).route.kind).toBe('local');
    }
  });

  it.each([
    ['/v1/models', {}, 'openai'],
    ['/v1/models?limit=1000', ANTHROPIC, 'anthropic'],
    ['/v1/models', GOOG, 'gemini'],
    ['/v1/models?key=k', {}, 'gemini'],
    ['/v1beta/models', {}, 'gemini'],
    ['/v1beta/openai/models', {}, 'openai'],
    ['/anthropic/v1/models', {}, 'anthropic'],
    ['/gemini/v1/models', {}, 'gemini'],
    ['/openai/models', GOOG, 'openai'],
  ])('lists the models of %s %o in the shape of %s', (target, headers, family) => {
    const found = match('GET', target, headers);
    expect([found.route.name, found.family]).toEqual(['models.list', family]);
  });

  it('finds one model, whose id may hold slashes and colons', () => {
    expect(summary('GET', '/v1/models/anthropic/claude')).toBe(
      'models.one | models openai | /v1/models/anthropic/claude | anthropic/claude | json',
    );
    expect(match('GET', '/v1/models/anthropic%2Fclaude').model).toBe('anthropic/claude');
    expect(match('GET', '/v1/models/llama3:8b').model).toBe('llama3:8b');
    expect(match('GET', '/v1beta/models/gemini-2.5-pro').family).toBe('gemini');
  });

  it.each([
    ['GET', '/v1/files', {}, 'openai'],
    ['POST', '/v1/files/f-1/content', {}, 'openai'],
    ['GET', '/v1/files/f-1', ANTHROPIC, 'anthropic'],
    ['GET', '/anthropic/v1/files', {}, 'anthropic'],
    ['GET', '/v1beta/files/f-1', {}, 'gemini'],
    ['POST', '/upload/v1beta/files', {}, 'gemini'],
    ['POST', '/gemini/upload/v1beta/files', {}, 'gemini'],
    ['POST', '/v1beta/upload/v1beta/files', {}, 'gemini'],
    ['POST', '/v1beta/cachedContents', {}, 'gemini'],
    ['GET', '/v1beta/tunedModels/t-1', {}, 'gemini'],
    ['GET', '/v1beta/operations/o-1', {}, 'gemini'],
    ['POST', '/v1beta/models/veo-3:predictLongRunning', {}, 'gemini'],
    ['POST', '/v1/messages/batches', {}, 'anthropic'],
    ['GET', '/v1/messages/batches/b-1/results', {}, 'anthropic'],
    ['POST', '/v1/complete', {}, 'anthropic'],
    ['GET', '/v1/responses/resp_1', {}, 'openai'],
    ['DELETE', '/v1/responses/resp_1', {}, 'openai'],
    ['POST', '/v1/responses/resp_1/cancel', {}, 'openai'],
    ['GET', '/v1/responses/resp_1/input_items', {}, 'openai'],
    ['POST', '/v1/responses/compact', {}, 'openai'],
    ['GET', '/v1/chat/completions', {}, 'openai'],
    ['POST', '/v1/chat/completions/c-1', {}, 'openai'],
    ['GET', '/v1/chat/completions/c-1/messages', {}, 'openai'],
    ['POST', '/v1/images/generations', {}, 'openai'],
    ['POST', '/v1/audio/transcriptions', {}, 'openai'],
    ['POST', '/v1/vector_stores/vs-1/search', {}, 'openai'],
    ['DELETE', '/v1/models/ft:gpt:me', {}, 'openai'],
  ])('passes %s %s %o through to %s', (method, target, headers, family) => {
    const found = match(method, target, headers);
    expect([found.route.kind, found.family]).toEqual(['resource', family]);
  });

  it('words errors of the unified API in its own way, also those before an exchange', () => {
    expect(match('POST', '/v1/chat').errors).toBe('unified');
    expect(match('POST', '/chat').errors).toBe('unified');
    expect(find('GET', '/v1/chat')).toMatchObject({ found: false, dialect: 'unified', allow: ['POST'] });
    expect(match('POST', '/v1/chat/completions').errors).toBe('openai-chat');
  });

  it('answers 405 with the methods of the path', () => {
    const routing = find('GET', '/v1/messages');
    expect(routing).toMatchObject({
      found: false,
      dialect: 'anthropic-messages',
      allow: ['POST'],
      error: { code: 'method_not_allowed' },
    });
    expect(find('GET', '/v1beta/models/g:generateContent')).toMatchObject({ found: false, allow: ['POST'] });
    expect(find('POST', '/health')).toMatchObject({ found: false, allow: ['GET', 'HEAD'] });
  });

  it.each([
    ['/health/liveliness', 'health'],
    ['/health/liveness', 'health'],
    ['/health/readiness', 'ready'],
  ])('14.1 answers the probe %s of a LiteLLM deployment as its own', (path, name) => {
    expect(match('GET', path).route).toMatchObject({ name, access: 'anyone' });
  });

  it.each([
    ['/v1/nothing', {}, 'openai-chat'],
    ['/v1/responses/a/b/c', {}, 'openai-responses'],
    ['/v1/messages/nothing', {}, 'anthropic-messages'],
    ['/v1/nothing', ANTHROPIC, 'anthropic-messages'],
    ['/v1beta/nothing', {}, 'gemini'],
    ['/gemini/nothing', {}, 'gemini'],
    ['/anthropic/nothing', {}, 'anthropic-messages'],
  ])('does not know %s %o and says so in %s', (target, headers, dialect) => {
    expect(find('POST', target, headers)).toMatchObject({
      found: false,
      dialect,
      error: { code: 'not_found' },
    });
  });

  it('names the nearest route of a mistyped path', () => {
    const routing = find('POST', '/v1/chat/completion');
    expect(routing.found ? '' : routing.error.suggestion).toContain('/v1/chat/completions');
  });

  it.each([
    '/v1/files/../admin',
    '/v1/files/%2e%2e/admin',
    '/v1/files/..%2fadmin',
    '/v1/files/a%2fb',
    '/v1/files//a',
    '/v1/files/a%00',
    '/v1/files/a%0d%0ax',
    '/v1/files/a%5cb',
    '/v1/files/a\\b',
    '/v1/files/%zz',
    '/v1/files/./a',
    '/v1beta/models/..%2f..%2fadmin:generateContent',
    '/v1beta/models/../x:generateContent',
    '/v1beta/models/%2Fetc:generateContent',
    '/v1beta/models/%ff:generateContent',
    'v1/files',
    '*',
  ])('refuses the ambiguous path %s', (target) => {
    expect(find('POST', target)).toMatchObject({
      found: false,
      error: { code: 'invalid_request', status: 400 },
    });
  });
});
