import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findProvider, providers } from '../core/providers/index.ts';
import { keyVariables, upstreamsFromEnvironment } from './environment.ts';

describe('upstreamsFromEnvironment', () => {
  it('finds nothing in an environment that names no provider', () => {
    expect(upstreamsFromEnvironment({ PATH: '/bin', MODEL: 'x', API_KEY: 'k', SITE_NAME: 's' })).toEqual({
      upstreams: [],
      notices: [],
    });
  });

  it('makes one upstream per provider, whose id is that of the provider', () => {
    const { upstreams, notices } = upstreamsFromEnvironment({ OPENAI_API_KEY: 'a', MISTRAL_API_KEY: ' b ' });
    expect(upstreams).toEqual([
      { id: 'openai', provider: 'openai', keys: ['a'] },
      { id: 'mistral', provider: 'mistral', keys: ['b'] },
    ]);
    expect(notices[0]).toBe('OPENAI_API_KEY gives upstream openai (OpenAI, 1 key).');
  });

  it('reads every variable of every provider, and its list', () => {
    for (const provider of providers.values()) {
      const [base] = provider.baseUrlEnvironment ?? [];
      const more =
        Object.keys(provider.bases).length === 0 && base !== undefined ? { [base]: 'https://own' } : {};
      for (const name of provider.environment) {
        expect(upstreamsFromEnvironment({ ...more, [name]: 'k' }).upstreams).toMatchObject([
          { provider: provider.id, keys: ['k'] },
        ]);
        expect(upstreamsFromEnvironment({ ...more, [`${name}S`]: 'k, "l",,k' }).upstreams).toMatchObject([
          { keys: ['k', 'l'] },
        ]);
      }
    }
  });

  it('joins a key and a list, and takes the better of two names for one key', () => {
    const both = upstreamsFromEnvironment({
      GEMINI_API_KEY: 'a',
      GOOGLE_API_KEY: 'other',
      GEMINI_API_KEYS: 'b,a',
    });
    expect(both.upstreams).toMatchObject([{ id: 'gemini', keys: ['a', 'b'] }]);
    expect(both.notices[0]).toContain('GEMINI_API_KEY and GEMINI_API_KEYS');
    expect(upstreamsFromEnvironment({ GOOGLE_API_KEY: 'g' }).upstreams).toMatchObject([
      { id: 'gemini', keys: ['g'] },
    ]);
  });

  it('understands the misspelt OPEN_API_KEY, unless the right name is there', () => {
    const { upstreams, notices } = upstreamsFromEnvironment({ OPEN_API_KEY: 'a' });
    expect(upstreams).toMatchObject([{ id: 'openai', keys: ['a'] }]);
    expect(notices[0]).toBe('OPEN_API_KEY was read as OPENAI_API_KEY; please rename it.');
    expect(upstreamsFromEnvironment({ OPEN_API_KEY: 'a', OPENAI_API_KEY: 'b' }).upstreams).toMatchObject([
      { keys: ['b'] },
    ]);
  });

  it("takes the base URL of the vendor's own tools", () => {
    const { upstreams, notices } = upstreamsFromEnvironment({
      OPENAI_API_KEY: 'a',
      OPENAI_BASE_URL: 'https://relay/v1',
    });
    expect(upstreams[0]?.baseUrl).toEqual({
      'openai-responses': 'https://relay/v1',
      'openai-chat': 'https://relay/v1',
    });
    expect(notices[0]).toContain('at the address in OPENAI_BASE_URL');
  });

  it.each([
    'http://127.0.0.1:9208/v1',
    'http://localhost:9208',
    'http://[::1]:9208/v1',
    'http://0.0.0.0:9208/v1',
  ])('does not loop over %s, which is this gateway', (url) => {
    const { upstreams, notices } = upstreamsFromEnvironment({ OPENAI_API_KEY: 'a', OPENAI_BASE_URL: url });
    expect(upstreams).toEqual([]);
    expect(notices).toEqual([
      'OPENAI_BASE_URL points at this gateway, so it and the key beside it were ignored.',
    ]);
  });

  it('knows its own port from the caller, or from PORT', () => {
    const env = { ANTHROPIC_API_KEY: 'a', ANTHROPIC_BASE_URL: 'http://127.0.0.1:4000' };
    expect(upstreamsFromEnvironment(env).upstreams[0]).toHaveProperty('baseUrl');
    expect(upstreamsFromEnvironment(env, 4000).upstreams).toEqual([]);
    expect(upstreamsFromEnvironment({ ...env, PORT: '4000' }).upstreams).toEqual([]);
    const bad = { ...env, PORT: 'x', ANTHROPIC_BASE_URL: 'http://127.1:9208' };
    expect(upstreamsFromEnvironment(bad).upstreams).toEqual([]);
  });

  it('passes over what is not a URL', () => {
    const { upstreams, notices } = upstreamsFromEnvironment({
      OPENAI_API_KEY: 'a',
      OPENAI_BASE_URL: 'relay:nine',
    });
    expect(upstreams[0]).not.toHaveProperty('baseUrl');
    expect(notices[0]).toBe('OPENAI_BASE_URL is not an http or https URL and was ignored.');
  });

  it('needs an address for Azure, and completes a bare one', () => {
    const without = upstreamsFromEnvironment({ AZURE_OPENAI_API_KEY: 'a' });
    expect(without.upstreams).toEqual([]);
    expect(without.notices[0]).toContain('needs AZURE_OPENAI_ENDPOINT');
    const { upstreams } = upstreamsFromEnvironment({
      AZURE_OPENAI_API_KEY: 'a',
      AZURE_OPENAI_ENDPOINT: 'https://r.openai.azure.com/',
    });
    expect(upstreams[0]?.baseUrl).toMatchObject({ 'openai-chat': 'https://r.openai.azure.com/openai/v1' });
  });

  it('lets HTTP_REFERER and SITE_NAME set the headers of OpenRouter', () => {
    const env = { OPENROUTER_API_KEYS: 'a,b', HTTP_REFERER: 'https://me', SITE_NAME: 'Mine' };
    const { upstreams, notices } = upstreamsFromEnvironment(env);
    expect(upstreams).toEqual([
      {
        id: 'openrouter',
        provider: 'openrouter',
        keys: ['a', 'b'],
        headers: { 'HTTP-Referer': 'https://me', 'X-Title': 'Mine' },
      },
    ]);
    expect(notices).toHaveLength(3);
    const illegal = upstreamsFromEnvironment({ OPENROUTER_API_KEY: 'a', SITE_NAME: 'a\r\nb: c' });
    expect(illegal.upstreams[0]).not.toHaveProperty('headers');
  });

  it('makes one upstream of TARGET_API_URL that answers to every model with MODEL', () => {
    const env = {
      TARGET_API_URL: 'https://openrouter.ai/api/v1',
      API_KEYS: 'a,b',
      API_KEY: 'c',
      MODEL: 'qwen/qwen3',
    };
    const { upstreams, notices } = upstreamsFromEnvironment(env);
    expect(upstreams).toEqual([
      {
        id: 'target',
        provider: 'openai-compatible',
        baseUrl: 'https://openrouter.ai/api/v1',
        keys: ['a', 'b', 'c'],
        aliases: { '*': 'qwen/qwen3' },
      },
    ]);
    expect(notices).toEqual([
      'TARGET_API_URL gives upstream target (openai-compatible, 3 keys from API_KEYS and API_KEY).',
      'MODEL replaces every model name that upstream target is asked for.',
    ]);
  });

  it('reads TARGET_API_FORMAT, and does without keys', () => {
    expect(
      upstreamsFromEnvironment({ TARGET_API_URL: 'https://x', TARGET_API_FORMAT: 'Anthropic' }).upstreams,
    ).toEqual([{ id: 'target', provider: 'anthropic-compatible', baseUrl: 'https://x' }]);
    expect(
      upstreamsFromEnvironment({ TARGET_API_URL: 'https://x', TARGET_API_FORMAT: 'soap' }).notices[0],
    ).toContain('openai is assumed');
  });

  it('does not guess whose API_KEYS are, nor loop over TARGET_API_URL', () => {
    expect(upstreamsFromEnvironment({ API_KEYS: 'a' })).toEqual({
      upstreams: [],
      notices: ['API_KEYS was ignored, because TARGET_API_URL does not say whose keys they are.'],
    });
    expect(
      upstreamsFromEnvironment({ TARGET_API_URL: 'http://localhost:9208', API_KEY: 'a' }).upstreams,
    ).toEqual([]);
  });

  it('never says a value, and names only known providers', () => {
    const names = [
      'OPENAI_API_KEY',
      'OPENAI_API_KEYS',
      'OPEN_API_KEY',
      'OPENAI_BASE_URL',
      'AZURE_OPENAI_API_KEY',
      'TARGET_API_URL',
      'API_KEYS',
      'API_KEY',
      'TARGET_API_FORMAT',
      'MODEL',
      'OPENROUTER_API_KEY',
      'SITE_NAME',
      'HTTP_REFERER',
    ];
    const secret = fc.stringMatching(/^[A-Z0-9]{12,20}$/);
    const value = fc.oneof(
      secret,
      secret.map((text) => `https://${text}.example/${text}`),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (env) => {
        const { upstreams, notices } = upstreamsFromEnvironment(env);
        for (const upstream of upstreams) expect(findProvider(upstream.provider)).toBeDefined();
        for (const text of Object.values(env)) expect(notices.join('\n')).not.toContain(text);
      }),
    );
  });
});

describe('keyVariables', () => {
  const named = (env: Readonly<Record<string, string>>): unknown[] =>
    keyVariables(env, 9208).map(({ variable, provider, keys }) => [variable, provider.id, keys]);

  it('names every variable that holds keys, with whose they are', () => {
    const env = { OPENAI_API_KEY: 'a', OPENAI_API_KEYS: 'b, c', CO_API_KEY: '"d"', MISTRAL_API_KEY: ' ' };
    expect(named(env)).toEqual([
      ['OPENAI_API_KEY', 'openai', ['a']],
      ['OPENAI_API_KEYS', 'openai', ['b', 'c']],
      ['CO_API_KEY', 'cohere', ['d']],
    ]);
  });

  it('names a key that needs an address besides, and none that is one of this gateway', () => {
    const env = {
      AZURE_OPENAI_API_KEY: 'a',
      ANTHROPIC_API_KEY: 'sk-of-this-gateway',
      ANTHROPIC_BASE_URL: 'http://localhost:9208',
    };
    expect(named(env)).toEqual([['AZURE_OPENAI_API_KEY', 'azure-openai', ['a']]]);
  });
});
