// The demo as an upstream of the configuration, for a gateway that has no other.

import type { Timeouts, Upstream } from '../../config/settings.ts';
import { DIALECT_IDS } from '../../core/model/dialect-id.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { DEMO_MODEL } from './script.ts';

const provider: Provider = {
  id: 'demo',
  name: 'Sluice demo',
  documentation: 'docs/guide/demo.md',
  bases: {},
  dialects: DIALECT_IDS,
  environment: [],
  owns: [],
  keyless: true,
};

/** The upstream of a running demo. It answers to every model name, so that any client works unchanged. */
export function demoUpstream(origin: string, timeouts: Timeouts): Upstream {
  return {
    id: 'demo',
    provider,
    enabled: true,
    priority: 0,
    dialects: DIALECT_IDS,
    baseUrls: Object.fromEntries(DIALECT_IDS.map((dialect) => [dialect, origin])),
    keys: [{ id: 'none', secret: '' }],
    models: [],
    aliases: { [DEMO_MODEL]: DEMO_MODEL, '*': DEMO_MODEL },
    headers: {},
    proxy: undefined,
    timeouts,
    convert: [],
    streaming: 'any',
    lossy: undefined,
    traits: [],
    weight: 1,
    limits: undefined,
    keyLimits: undefined,
    modelLimits: [],
    prices: [],
  };
}
