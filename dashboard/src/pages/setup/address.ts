// Which address the page is about, and how the formats look at another address than the one by which it was asked.

import type { AddressesView, FormatAddress } from '../../../../server/src/admin/contract.ts';

/** The chosen address while it is there; else the one by which the viewer came, or the first that is listened on. */
export function originIn(
  { addresses }: Pick<AddressesView, 'addresses'>,
  chosen: string | undefined,
  own: string,
): string {
  const has = (url: string | undefined): boolean => addresses.some((address) => address.url === url);
  if (chosen !== undefined && has(chosen)) return chosen;
  if (has(own)) return own;
  return addresses.find(({ reachable }) => reachable)?.url ?? own;
}

/** What libraries of a format want to be told, at an address. */
export function baseUrlAt(origin: string, { baseUrl }: Pick<FormatAddress, 'baseUrl'>): string {
  const path = URL.canParse(baseUrl) ? new URL(baseUrl).pathname.replace(/\/$/, '') : '';
  return `${origin}${path}`;
}
