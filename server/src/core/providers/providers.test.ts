import { describe, expect, it } from 'vitest';
import { baseUrlsFor } from './base-urls.ts';
import { credentialHeaders } from './credential.ts';
import { findProvider, providers } from './index.ts';
import type { Provider } from './provider.ts';
import { providerHeaders } from './provider-headers.ts';

const all = [...providers.values()];

function preset(id: string): Provider {
  const provider = findProvider(id);
  if (provider === undefined) throw new Error(`no provider ${id}`);
  return provider;
}

describe('the presets', () => {
  it.each(all)('$id states facts that fit together', (provider) => {
    expect(provider.id).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(provider.dialects.length).toBeGreaterThan(0);
    expect(new Set(provider.dialects).size).toBe(provider.dialects.length);
    expect(URL.canParse(provider.documentation)).toBe(true);
    const bases = Object.entries(provider.bases);
    if (bases.length > 0)
      expect(bases.map(([dialect]) => dialect).sort()).toEqual([...provider.dialects].sort());
    for (const [, base] of bases) expect(base).toMatch(/^https?:\/\/[^/?#]+(\/[^/?#]+)*$/);
    for (const [, base] of bases) if (provider.local === undefined) expect(base).toMatch(/^https:/);
    for (const header of Object.keys(provider.headerEnvironment ?? {})) {
      expect(provider.headers).toHaveProperty([header]);
    }
  });

  it('read every environment variable for one provider only', () => {
    const names = all.flatMap(({ environment, baseUrlEnvironment = [] }) => [
      ...environment,
      ...baseUrlEnvironment,
    ]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('are found by id, and nothing else is', () => {
    expect(findProvider('openai')?.name).toBe('OpenAI');
    expect(findProvider('constructor')).toBeUndefined();
    expect(all).toHaveLength(26);
  });
});

describe('credentialHeaders', () => {
  it('uses the header of the dialect', () => {
    expect(credentialHeaders(preset('openai'), 'openai-chat', 'k')).toEqual(['authorization', 'Bearer k']);
    expect(credentialHeaders(preset('anthropic'), 'anthropic-messages', 'k')).toEqual(['x-api-key', 'k']);
    expect(credentialHeaders(preset('gemini'), 'gemini', 'k')).toEqual(['x-goog-api-key', 'k']);
    expect(credentialHeaders(preset('gemini'), 'openai-chat', 'k')).toEqual(['authorization', 'Bearer k']);
  });

  it('uses the header that the provider wants instead', () => {
    expect(credentialHeaders(preset('azure-openai'), 'openai-responses', 'k')).toEqual(['api-key', 'k']);
    expect(credentialHeaders(preset('openrouter'), 'anthropic-messages', 'k')).toEqual([
      'authorization',
      'Bearer k',
    ]);
    expect(credentialHeaders(preset('deepseek'), 'anthropic-messages', 'k')).toEqual(['x-api-key', 'k']);
  });

  it('sends nothing for an empty secret', () => {
    expect(credentialHeaders(preset('ollama'), 'openai-chat', '')).toEqual([]);
  });
});

describe('providerHeaders', () => {
  it('fills the version of the Messages dialect in when the client names none', () => {
    const plain = preset('anthropic');
    expect(providerHeaders(plain, 'anthropic-messages', [])).toEqual(['anthropic-version', '2023-06-01']);
    expect(providerHeaders(plain, 'anthropic-messages', ['Anthropic-Version', '2024-01-01'])).toEqual([]);
    expect(providerHeaders(plain, 'openai-chat', [])).toEqual([]);
  });

  it("adds the provider's headers only where the client sent none", () => {
    const added = providerHeaders(preset('openrouter'), 'openai-chat', ['x-title', 'Mine']);
    expect(added).toEqual(['HTTP-Referer', preset('openrouter').headers?.['HTTP-Referer']]);
    expect(providerHeaders(preset('openrouter'), 'openai-chat', [])).toHaveLength(4);
  });
});

describe('baseUrlsFor', () => {
  it('puts each dialect of a bare host under its preset path', () => {
    expect(baseUrlsFor(preset('gemini'), 'http://host:9/')).toEqual({
      gemini: 'http://host:9',
      'openai-chat': 'http://host:9/v1beta/openai',
    });
    expect(baseUrlsFor(preset('azure-openai'), 'https://r.openai.azure.com?api-version=preview')).toEqual({
      'openai-responses': 'https://r.openai.azure.com/openai/v1?api-version=preview',
      'openai-chat': 'https://r.openai.azure.com/openai/v1?api-version=preview',
    });
  });

  it('gives a URL with a path only to the dialects that share one address', () => {
    expect(baseUrlsFor(preset('openai'), 'https://relay/x/v1')).toEqual({
      'openai-responses': 'https://relay/x/v1',
      'openai-chat': 'https://relay/x/v1',
    });
    expect(baseUrlsFor(preset('gemini'), 'https://relay/google')).toEqual({ gemini: 'https://relay/google' });
    expect(baseUrlsFor(preset('openai-compatible'), 'https://h/v1')).toEqual({
      'openai-chat': 'https://h/v1',
      'openai-responses': 'https://h/v1',
    });
  });
});
