// What the pages of clients ask the gateway.

import type {
  AddressesView,
  ClientUse,
  ClientView,
  EntryOutcome,
  RouteView,
} from '../../../../server/src/admin/contract.ts';
import { useAsk, useChange } from '../../api/queries.ts';
import { LENGTHS_MS, periodQuery, usePeriod } from '../../app/period.ts';

/** All clients. */
export interface ClientList {
  readonly clients: readonly ClientView[];
}

/** What one client has used and spent. */
export type Use = ClientUse['clients'][number];

/** All clients. */
export const useClients = () => useAsk<ClientList>('/clients');

/** What they have used and spent in the period of the page. */
export function useClientUse() {
  const [period] = usePeriod();
  return useAsk<ClientUse>('/client-use', { ...periodQuery(period) });
}

/** How long the period of the page is. */
export function usePeriodLengthMs(): number {
  const [{ from, to, last = '24h' }] = usePeriod();
  return from !== undefined && to !== undefined ? to - from : LENGTHS_MS[last];
}

/** The routes that there are. */
export function useRoutes(): readonly RouteView[] {
  const { data } = useAsk<{ readonly routes: readonly RouteView[] }>('/routes', {}, { everyMs: false });
  return data?.routes ?? [];
}

/** How the gateway is called. */
export const useAddresses = () => useAsk<AddressesView>('/addresses', {}, { everyMs: false });

/** The path of one client. */
export function clientPath(id: string): string {
  return `/clients/${encodeURIComponent(id)}`;
}

/** What is asked anew when a client has changed. */
export const SHOWS_CLIENTS: readonly string[] = [
  '/clients',
  '/client-use',
  '/config',
  '/status',
  '/addresses',
  '/models',
];

/** Puts a client into use or locks it out. */
export const useSwitch = (id: string) =>
  useChange<boolean, EntryOutcome>(
    (enabled) => ({ path: clientPath(id), method: 'PATCH', body: { enabled: enabled ? null : false } }),
    SHOWS_CLIENTS,
  );
