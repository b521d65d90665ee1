// How much context a model takes, by the bundled price list.

import type { Provider } from '@pydantic/genai-prices';
import { loadPriceData } from './catalogue.ts';
import { closeness } from './match.ts';
import { catalogueNames } from './names.ts';

/** Whose word counts, in this order: the makers of models, then those who only serve them. */
const PROVIDERS = ['openai', 'anthropic', 'google', 'deepseek', 'mistral', 'x-ai', 'zai', 'moonshotai'];
const HOSTS = ['cohere', 'perplexity', 'cerebras', 'groq', 'together', 'fireworks', 'openrouter'];

/** Looks up context windows, in tokens; 0 where none is known. The list is loaded when this is called. */
export function contextWindows(): (model: string) => number {
  const data = loadPriceData();
  const providers = [...PROVIDERS, ...HOSTS].flatMap((id) => {
    const found = data.findProvider({ providerId: id });
    return found?.id === id ? [found] : [];
  });
  return (model) => {
    for (const provider of providers) {
      const window = windowAt(provider, model);
      if (window > 0) return window;
    }
    return 0;
  };
}

function windowAt(provider: Provider, model: string): number {
  for (const name of catalogueNames(provider.id, model)) {
    let best = 0;
    let window = 0;
    for (const row of provider.models) {
      const close = row.id.toLowerCase() === name ? Number.MAX_VALUE : fit(row.match, name);
      if (close <= best) continue;
      best = close;
      window = row.context_window ?? 0;
    }
    if (best > 0) return window;
  }
  return 0;
}

function fit(pattern: Provider['models'][number]['match'], name: string): number {
  try {
    return closeness(pattern, name);
  } catch {
    // A pattern that cannot be read fits nothing.
    return 0;
  }
}
