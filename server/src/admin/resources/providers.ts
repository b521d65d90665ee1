// The providers that the gateway knows, for whoever adds an upstream.

import { providers } from '../../core/providers/index.ts';
import type { Provider } from '../../core/providers/provider.ts';
import type { AdminApp } from '../app.ts';
import { told } from '../app.ts';
import { type ProviderView, providersSchema } from '../contract/surroundings.ts';

/** Registers the endpoint. */
export function registerProviders(app: AdminApp): void {
  app.route({
    method: 'GET',
    path: '/providers',
    name: 'providers.list',
    summary: 'The providers that the gateway knows, and what an upstream of each needs',
    answer: providersSchema,
    // An upstream of accounts needs a login, which the command line makes.
    run: async () =>
      told({
        providers: [...providers.values()].filter(({ accounts }) => accounts === undefined).map(providerView),
      }),
  });
}

function providerView(provider: Provider): ProviderView {
  const { id, name, dialects, bases, keyless, local, environment, keysPage, keyHint } = provider;
  const baseUrl = dialects.map((dialect) => bases[dialect]).find((base) => base !== undefined);
  return {
    id,
    name,
    dialects: [...dialects],
    ...(baseUrl === undefined ? {} : { baseUrl }),
    needsKey: keyless !== true,
    local: local !== undefined,
    environment: [...environment],
    ...(keysPage === undefined ? {} : { keysPage }),
    ...(keyHint === undefined ? {} : { keyHint }),
  };
}
