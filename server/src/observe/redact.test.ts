import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, MASK } from './redact.ts';

/** Long enough to be searched for, and not a part of the mask itself. */
const secret: fc.Arbitrary<string> = fc
  .string({ minLength: 6, maxLength: 60, unit: 'grapheme' })
  .filter((text) => text.length >= 6 && !MASK.includes(text));

describe('a redactor', () => {
  it('lets no known secret through, wherever it stands and whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 5 }),
        fc.string(),
        fc.string(),
        (secrets, before, after) => {
          const redactor = createRedactor();
          redactor.know(secrets);
          for (const canary of secrets) {
            const clean = redactor.redact(`${before}${canary}${after}`);
            // What is around it may complete the mask to a secret; only the secret that was put in counts.
            if (!`${before}${MASK}${after}`.includes(canary)) expect(clean).not.toContain(canary);
          }
        },
      ),
    );
  });

  it('finds known secrets in URLs and in JSON, also in JSON within JSON', () => {
    fc.assert(
      fc.property(secret, fc.string(), (canary, around) => {
        const redactor = createRedactor();
        redactor.know([canary]);
        const json = JSON.stringify({ text: `${around} ${canary}` });
        const twice = JSON.stringify({ json });
        expect(redactor.redact(json)).not.toContain(JSON.stringify(canary).slice(1, -1));
        expect(redactor.redact(twice)).not.toContain(JSON.stringify(canary).slice(1, -1));
        if (!/\p{Surrogate}/u.test(canary)) {
          const encoded = encodeURIComponent(canary);
          expect(redactor.redact(`https://host/?x=${encoded}`)).not.toContain(encoded);
        }
      }),
    );
  });

  it('keeps JSON valid', () => {
    const redactor = createRedactor();
    redactor.know(['a-known-secret']);
    const words = fc.constantFrom(
      'sk-abcdefgh12345678',
      'Bearer abcdefgh',
      'a-known-secret',
      '?key=abc',
      'x-api-key: abc',
      '"apiKey":"abc"',
      'token',
      '://u:p@h',
      ' ',
      '"',
      '\\',
    );
    const text = fc.array(fc.oneof(words, fc.string({ maxLength: 4 }))).map((parts) => parts.join(''));
    const value = fc.dictionary(
      fc.oneof(words, fc.string()),
      fc.oneof(text, fc.integer(), fc.constant(null)),
    );
    fc.assert(
      fc.property(value, (object) => {
        expect(() => JSON.parse(redactor.redact(JSON.stringify(object)))).not.toThrow();
        const nested = JSON.stringify({ inner: JSON.stringify(object) });
        expect(() => JSON.parse(redactor.redact(nested))).not.toThrow();
      }),
    );
  });

  it.each([
    'sk-0123456789abcdef',
    'sk-proj-0123_456789-abcdef',
    'sk-ant-api03-0123456789abcdef',
    'sk-or-v1-0123456789abcdef',
    'AIzaSyA0123456789abcdefghij',
    'gsk_0123456789abcdef',
    'xai-0123456789abcdef',
    'hf_0123456789abcdef',
    'nvapi-0123456789abcdef',
    'pplx-0123456789abcdef',
    'r8_0123456789abcdef',
    'ghp_0123456789abcdef',
    'github_pat_0123456789abcdef',
    'AKIA0123456789ABCDEF',
    'ya29.0123456789abcdef-xyz',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
  ])('knows %s by its shape, alone, in a sentence, in a path and in JSON', (key) => {
    const { redact } = createRedactor();
    for (const text of [
      key,
      `Incorrect API key provided: ${key}.`,
      `/x/${key}/y`,
      JSON.stringify({ a: key }),
    ]) {
      expect(redact(text)).not.toContain(key.slice(-8));
      expect(redact(text)).toContain(MASK);
    }
  });

  it.each([
    ['Authorization: Bearer canary', 'Authorization: Bearer [redacted]'],
    ['authorization: Basic Y2FuYXJ5', 'authorization: Basic [redacted]'],
    ['https://host/v1?alt=sse&key=canary&x=1', 'https://host/v1?alt=sse&key=[redacted]&x=1'],
    ['https://host/v1?access_token=canary#top', 'https://host/v1?access_token=[redacted]#top'],
    ['x-api-key: canary', 'x-api-key: [redacted]'],
    ['x-goog-api-key:canary, accept: */*', 'x-goog-api-key:[redacted], accept: */*'],
    ['cookie: canary', 'cookie: [redacted]'],
    ['{"apiKey":"canary","n":1}', '{"apiKey":"[redacted]","n":1}'],
    ['{"client_secret": "canary"}', '{"client_secret": "[redacted]"}'],
    ['"{\\"api_key\\":\\"canary\\"}"', '"{\\"api_key\\":\\"[redacted]\\"}"'],
    ["{'api_key': 'canary'}", "{'api_key': '[redacted]'}"],
    ['{"authorization":"Bearer canary"}', '{"authorization":"Bearer [redacted]"}'],
    ['x-api-key: sk-0123456789abcdef', 'x-api-key: [redacted]'],
    ['"first\\nx-api-key: canary\\nBearer canary"', '"first\\nx-api-key: [redacted]\\nBearer [redacted]"'],
    ['{"token":5,"secret":null}', '{"token":5,"secret":null}'],
    ['socks5://user:canary@proxy:1080', 'socks5://user:[redacted]@proxy:1080'],
  ])('masks the value in %s and nothing else', (text, clean) => {
    expect(createRedactor().redact(text)).toBe(clean);
    expect(createRedactor().redact(clean)).toBe(clean);
  });

  it.each([
    'claude-sonnet-4-5-20250929',
    'models/gemini-2.5-pro',
    'task-0123456789abcdef',
    'disk_0123456789abcdef',
    '7705ae20-bc94-4414-8429-4094268f873b',
    'http://127.0.0.1:11434/v1',
    '{"max_tokens":100,"key_id":"k_1234","monkey":"see"}',
    'The upstream reset the connection.',
  ])('leaves %s as it is', (text) => {
    const redactor = createRedactor();
    redactor.know(['a-known-secret', '', 'x']);
    expect(redactor.redact(text)).toBe(text);
  });

  it('follows a change of the known secrets, also for texts it has seen', () => {
    const redactor = createRedactor();
    redactor.know(['first-secret']);
    expect(redactor.redact('first-secret second-secret')).toBe('[redacted] second-secret');
    redactor.know(['second-secret']);
    expect(redactor.redact('first-secret second-secret')).toBe('first-secret [redacted]');
  });

  it('needs linear time for hostile text', () => {
    const { redact } = createRedactor();
    const started = performance.now();
    for (const piece of ['sk-', 'eyJ', 'key=', 'a://', 'token:', 'bearer ', '"\\', '://a:', 'a+', 'key ']) {
      redact(piece.repeat(100_000));
    }
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('redactContent', () => {
  it('masks secrets and keys in contents, and leaves what only stands where one could', () => {
    const redactor = createRedactor();
    redactor.know(['hunter2-canary']);
    const content = '{"key": "C major", "token": "the", "a": "Bearer of news"}';
    expect(redactor.redactContent(content)).toBe(content);
    expect(redactor.redactContent('say hunter2-canary, sk-abcdefghijkl')).toBe(`say ${MASK}, ${MASK}`);
  });
});
