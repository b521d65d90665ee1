// Which provider of the catalogue an upstream is: by the host that it talks to where the catalogue knows that one, else
// by what the operator says that it is. A server that nobody knows is nobody.

import type { Upstream } from '../config/settings.ts';

/** Our presets → the catalogue's names, where they differ or its own search would go astray. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['openai', 'openai'],
  ['anthropic', 'anthropic'],
  ['gemini', 'google'],
  ['mistral', 'mistral'],
  ['openrouter', 'openrouter'],
  ['deepseek', 'deepseek'],
  ['groq', 'groq'],
  ['xai', 'x-ai'],
  ['together', 'together'],
  ['fireworks', 'fireworks'],
  ['moonshot', 'moonshotai'],
  ['zai', 'zai'],
  ['azure-openai', 'azure'],
  ['cerebras', 'cerebras'],
  ['perplexity', 'perplexity'],
  ['cohere', 'cohere'],
]);

/** The hosts of presets: they need no search. */
const OWN_HOSTS: ReadonlySet<string> = new Set(['api.openai.com', 'api.anthropic.com']);

/** The catalogue's id of a preset. */
export function catalogueIdOf(preset: string): string | undefined {
  return NAMES.get(preset);
}

/** The catalogue's id; undefined where it has none. `byUrl` searches the catalogue for a base URL. */
export function catalogueProvider(
  upstream: Upstream,
  byUrl: (url: string) => string | undefined,
): string | undefined {
  const named = NAMES.get(upstream.provider.id);
  const urls = Object.values(upstream.baseUrls);
  if (named !== undefined && urls.every((url) => isOwn(upstream, url))) return named;
  for (const url of urls) {
    const found = byUrl(url);
    if (found !== undefined) return found;
  }
  return named;
}

/** Whether the catalogue could know anything of an upstream, judged without loading it. */
export function mayBeInCatalogue({ provider }: Upstream): boolean {
  return provider.local === undefined && provider.id !== 'demo';
}

function isOwn({ provider }: Upstream, url: string): boolean {
  return Object.values(provider.bases).includes(url) || OWN_HOSTS.has(hostOf(url));
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
