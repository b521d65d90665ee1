// Context windows for the admin API: looked up when they are first wanted, each once, so that a long list of models does not
// keep the gateway from its clients.

import { setImmediate as breath } from 'node:timers/promises';

/** Most models that are remembered; names come from clients. */
const MOST_KNOWN = 2_000;

/** How much context a model takes by the price list, in tokens; 0: nobody knows. */
export function rememberedWindows(): (model: string) => Promise<number> {
  const known = new Map<string, number>();
  let loading: Promise<(model: string) => number> | undefined;
  return async (model) => {
    const found = known.get(model);
    if (found !== undefined) return found;
    loading ??= import('../prices/windows.ts').then(({ contextWindows }) => contextWindows());
    const windowOf = await loading;
    await breath();
    const window = windowOf(model);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(model, window);
    return window;
  };
}
