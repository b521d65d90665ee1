// Whose address a request is held against where reverse proxies stand in between. What is decided with it is how fast
// wrong credentials are answered and what the audit log says; whether a caller is local is never decided with it.

import { BlockList, isIP, isIPv6 } from 'node:net';
import { plainAddress } from './guard.ts';

type Proxies = readonly string[] | undefined;

/** By the list of the settings, which is another one after a reload. */
const compiled = new WeakMap<readonly string[], BlockList>();

function listOf(proxies: readonly string[]): BlockList {
  const known = compiled.get(proxies);
  if (known !== undefined) return known;
  const list = new BlockList();
  for (const entry of proxies) {
    const [address = '', bits] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  compiled.set(proxies, list);
  return list;
}

/** True for an address (IPv4 unwrapped) in `server.trustedProxies`. */
export function isTrustedProxy(address: string, proxies: Proxies): boolean {
  if (proxies === undefined || proxies.length === 0 || isIP(address) === 0) return false;
  return listOf(proxies).check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** The address in one entry of X-Forwarded-For, without the port that some proxies add; '' where it is none. */
function addressIn(entry: string): string {
  const text = entry.trim();
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const address = plainAddress(bare);
  return isIP(address) === 0 ? '' : address;
}

/**
 * The address that a request came from: that of the socket, or, where that is a trusted proxy, the last one in
 * X-Forwarded-For that is none. What stands before that was written by the caller and is not read. An entry that is no
 * address ends the search at the proxy that passed it on.
 */
export function callerAddress(
  socketAddress: string,
  forwardedFor: string | readonly string[] | undefined,
  proxies: Proxies,
): string {
  if (forwardedFor === undefined || !isTrustedProxy(socketAddress, proxies)) return socketAddress;
  let caller = socketAddress;
  for (const entry of String(forwardedFor).split(',').reverse()) {
    const address = addressIn(entry);
    if (address === '') return caller;
    caller = address;
    if (!isTrustedProxy(address, proxies)) return caller;
  }
  return caller;
}
