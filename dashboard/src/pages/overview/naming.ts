// How the names in the ledger are shown and grouped: keys by the names that people gave them, upstreams by provider.

import type { KeyView, UpstreamView } from '../../../../server/src/admin/contract.ts';
import type { RequestsSearch } from '../requests/search.ts';
import { keyLabel } from '../upstreams/key-label.ts';
import type { OverviewText } from './messages.ts';
import type { GroupBy, Naming } from './timeline.ts';

/** What is known of names. */
export interface Known {
  readonly upstreams: readonly Pick<UpstreamView, 'id' | 'provider' | 'providerName'>[];
  readonly keys: readonly Pick<KeyView, 'upstreamId' | 'keyId' | 'name' | 'last4'>[];
}

/** The naming of a grouping. What is not there any more keeps the name that the ledger has. */
export function namingOf(by: GroupBy, { upstreams, keys }: Known, text: OverviewText): Naming {
  const others = text.others;
  const itself = (name: string): string => name;
  if (by === 'provider') {
    const providers = new Map(upstreams.map(({ id, provider }) => [id, provider]));
    const names = new Map(upstreams.map(({ provider, providerName }) => [provider, providerName]));
    return {
      groupOf: (id) => providers.get(id) ?? id,
      labelOf: (provider) => names.get(provider) ?? provider,
      others,
    };
  }
  if (by === 'key') {
    const names = new Map(
      keys.map(({ upstreamId, keyId, name, last4 }) => [
        keyId,
        `${upstreamId} / ${keyLabel({ keyId, name, last4 })}`,
      ]),
    );
    return { groupOf: itself, labelOf: (id) => names.get(id) ?? id, others };
  }
  return { groupOf: itself, labelOf: itself, others };
}

/** The filter of the list of requests that shows a group. */
export function filterOf(by: GroupBy, group: string, { upstreams }: Known): RequestsSearch {
  if (by !== 'provider') return { [by]: [group] };
  const own = upstreams.filter(({ provider }) => provider === group).map(({ id }) => id);
  return { upstream: own.length === 0 ? [group] : own };
}
