// What the pages of upstreams ask the gateway: the answers as they are needed here, and everything that can be done.

import { useMemo } from 'react';
import type {
  EntryOutcome,
  Groups,
  KeyDone,
  KeyList,
  ProviderList,
  ProviderView,
  Series,
  TotalsView,
  UpstreamView,
} from '../../../../server/src/admin/contract.ts';
import { useAsk, useChange } from '../../api/queries.ts';
import { periodQuery, usePeriod } from '../../app/period.ts';
import { useMessages } from '../../language/messages.ts';
import { tell, tellFailure } from '../../ui/toasts.tsx';
import { loginVerdict } from './accounts/account.ts';
import { useAccounts } from './accounts/questions.ts';
import { useGatewayTime } from './clock.tsx';
import { upstreamMessages } from './messages.ts';
import { type Standing, standingsOf } from './standing.ts';

/** All upstreams. */
export interface UpstreamList {
  readonly upstreams: readonly UpstreamView[];
}

/** Standings change within seconds. */
const STANDING_MS = 3_000;
const SUMS_MS = 15_000;

/** All upstreams. */
export const useUpstreams = (everyMs: number | false = STANDING_MS) =>
  useAsk<UpstreamList>('/upstreams', {}, { everyMs });

/** All keys, with their standings. */
const useKeys = () => useAsk<KeyList>('/keys', {}, { everyMs: STANDING_MS });

/**
 * Upstreams with their keys, judged at the moment at which the keys were last heard of: nothing on the page ticks but what
 * counts down.
 */
export function useStandings(list: UpstreamList | undefined): StandingsNow {
  const { data, dataUpdatedAt } = useKeys();
  const providers = useProviders();
  const accounts = useAccounts(list?.upstreams.some((one) => one.accounts !== undefined) === true);
  const nowMs = useGatewayTime(dataUpdatedAt);
  const standings = useMemo(() => {
    const needsKey = (id: string): boolean => providers.some((one) => one.id === id && one.needsKey);
    // Before the keys are known, nobody is called unwell for having none.
    const logins = new Map(accounts.map((account) => [account.id, loginVerdict(account)]));
    return standingsOf(list?.upstreams ?? [], data?.keys ?? [], nowMs, data && needsKey, logins);
  }, [list, data, providers, accounts, nowMs]);
  return { standings, nowMs };
}

/** Upstreams at a moment of the gateway's clock. */
export interface StandingsNow {
  readonly standings: readonly Standing[];
  readonly nowMs: number;
}

const NO_PROVIDERS: readonly ProviderView[] = [];

/** The providers that the gateway knows; none while they are not known. */
export function useProviders(): readonly ProviderView[] {
  return useAsk<ProviderList>('/providers', {}, { everyMs: false }).data?.providers ?? NO_PROVIDERS;
}

/** Sums of the period by upstream. */
export function useSums(): ReadonlyMap<string, TotalsView> | undefined {
  const [period] = usePeriod();
  const query = { by: 'upstream', limit: 1000, ...periodQuery(period) };
  const { data } = useAsk<Groups>('/groups', query, { everyMs: SUMS_MS });
  return useMemo(
    () => data && new Map(data.groups.flatMap(({ name, totals }) => (name === null ? [] : [[name, totals]]))),
    [data],
  );
}

/** Sums of the period over time, by upstream. */
export function useSeries(upstream?: string) {
  const [period] = usePeriod();
  const only = upstream === undefined ? {} : { upstream: [upstream] };
  return useAsk<Series>(
    '/series',
    { by: 'upstream', ...only, ...periodQuery(period) },
    { everyMs: 2 * SUMS_MS },
  );
}

/** The path of one upstream. */
export function upstreamPath(id: string): string {
  return `/upstreams/${encodeURIComponent(id)}`;
}

/** What can be done with one key. */
export type KeyAction = 'enable' | 'disable' | 'reset' | 'test';

/** A key, as it is spoken of. */
export interface KeyName {
  readonly upstreamId: string;
  readonly keyId: string;
  readonly name: string;
}

/** Does something with a key and says what came of it. */
export function useKeyAction() {
  const text = useMessages(upstreamMessages);
  const change = useChange<KeyName & { readonly action: KeyAction }, KeyDone>(
    ({ upstreamId, keyId, action }) => ({
      path: `/keys/${encodeURIComponent(upstreamId)}/${encodeURIComponent(keyId)}/${action}`,
    }),
    ['/keys', '/upstreams'],
  );
  const run = (key: KeyName, action: KeyAction): void => {
    change.mutate(
      { ...key, action },
      {
        onSuccess: (done) => {
          if (action === 'test') tell(done.message ?? '', done.ok === true ? 'good' : 'bad');
          if (action === 'enable') tell(text.enabledDone(key.name));
          if (action === 'disable') tell(text.disabledDone(key.name));
          if (action === 'reset') tell(text.resetDone(key.name));
        },
        onError: tellFailure,
      },
    );
  };
  return { run, isPending: change.isPending };
}

/** Puts an upstream into use, takes it out, or drains it. */
export const useSwitch = (id: string) =>
  useChange<'enable' | 'disable' | 'drain', EntryOutcome>(
    (action) => ({ path: `${upstreamPath(id)}/${action}` }),
    ['/upstreams', '/keys', '/config'],
  );
