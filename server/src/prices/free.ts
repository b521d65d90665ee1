// What costs nothing: models on the operator's own machines, the demo, and what providers say is free of charge.

import type { Upstream } from '../config/settings.ts';
import type { Price, Rates } from '../core/pricing/price.ts';

const NOTHING: Rates = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  inputAudio: 0,
  cacheReadAudio: 0,
  reasoning: 0,
  outputAudio: 0,
  outputImage: 0,
  webSearch: 0,
  request: 0,
};

function free(id: string): Price {
  return { id: `free:${id}`, rates: NOTHING, tiers: [], serviceTiers: {} };
}

/** The price of what is free of charge; undefined for everything else. */
export function freePrice(upstream: Upstream, model: string): Price | undefined {
  const { provider } = upstream;
  if (provider.id === 'demo') return free('demo');
  if (provider.local !== undefined) {
    // Ollama also sells models in the cloud, by the same name and through the local server ("…-cloud").
    return isAt(upstream, OLLAMA_CLOUD) || /[-:]cloud$/.test(model) ? undefined : free(provider.id);
  }
  // https://platform.openai.com/docs/guides/moderation
  if (provider.id === 'openai' && /^(?:omni|text)-moderation-/.test(model)) return free('openai/moderation');
  // https://openrouter.ai/docs/guides/routing/model-variants/free
  if (model.endsWith(':free') && isAt(upstream, OPENROUTER)) return free('openrouter');
  return undefined;
}

const OLLAMA_CLOUD = /^https:\/\/(?:[^/]*\.)?ollama\.com(?:[:/]|$)/;
const OPENROUTER = /^https:\/\/(?:[^/]*\.)?openrouter\.ai(?:[:/]|$)/;

function isAt({ baseUrls }: Upstream, host: RegExp): boolean {
  return Object.values(baseUrls).some((url) => host.test(url));
}
