// What the page asks the gateway beside its status.

import { useAsk } from '../../api/queries.ts';

interface Named {
  readonly id: string;
}

/** Ids of all clients or upstreams. */
export function useIds(what: 'clients' | 'upstreams'): readonly string[] {
  const { data } = useAsk<Readonly<Partial<Record<typeof what, readonly Named[]>>>>(
    `/${what}`,
    {},
    { everyMs: false },
  );
  return (data?.[what] ?? []).map(({ id }) => id);
}

/** Whether the gateway shows metrics; false while that is not known. */
export function metricsAreOn(config: unknown): boolean {
  if (typeof config !== 'object' || config === null || !('metrics' in config)) return false;
  const { metrics } = config;
  return typeof metrics === 'object' && metrics !== null && 'enabled' in metrics && metrics.enabled === true;
}
