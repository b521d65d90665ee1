import { describe, expect, test } from 'vitest';
import { callerAddress, isTrustedProxy } from './caller-address.ts';
import { createConnections } from './connections.ts';

const PROXIES = ['10.0.0.5', '172.16.0.0/12', 'fd00::/8'];

describe('10.12 the address of a caller', () => {
  test.each([
    ['10.0.0.5', undefined, '10.0.0.5', 'a proxy that says nothing'],
    ['10.0.0.5', '203.0.113.7', '203.0.113.7', 'one proxy'],
    ['10.0.0.5', '1.1.1.1, 203.0.113.7', '203.0.113.7', 'what the caller wrote before it'],
    ['10.0.0.5', '203.0.113.7, 172.20.1.1', '203.0.113.7', 'two proxies'],
    ['10.0.0.5', '172.20.1.1', '172.20.1.1', 'proxies alone'],
    ['fd00::1', '2001:db8::1', '2001:db8::1', 'IPv6'],
    ['10.0.0.5', '[2001:db8::1]:4711', '2001:db8::1', 'a port after IPv6'],
    ['10.0.0.5', '203.0.113.7:4711', '203.0.113.7', 'a port'],
    ['10.0.0.5', '::ffff:203.0.113.7', '203.0.113.7', 'IPv4 in IPv6'],
    ['10.0.0.5', 'unknown', '10.0.0.5', 'no address'],
    ['10.0.0.5', '1.1.1.1, <script>, 172.20.1.1', '172.20.1.1', 'no address in between'],
    ['10.0.0.5', '', '10.0.0.5', 'an empty header'],
    ['203.0.113.9', '127.0.0.1', '203.0.113.9', 'somebody who is no proxy'],
    ['', '127.0.0.1', '', 'a socket that is gone'],
  ])('%s with %j is %s: %s', (socket, header, caller, _why) => {
    expect(callerAddress(socket, header, PROXIES)).toBe(caller);
  });

  test('is that of the socket where no proxy is trusted', () => {
    for (const proxies of [undefined, []]) {
      expect(callerAddress('10.0.0.5', '203.0.113.7', proxies)).toBe('10.0.0.5');
      expect(isTrustedProxy('10.0.0.5', proxies)).toBe(false);
    }
  });
});

describe('10.12 connections of one address', () => {
  test('are counted, but not those of a proxy, through which everybody comes', () => {
    const connections = createConnections(2, (address) => isTrustedProxy(address, PROXIES));
    const destroyedOf = (remoteAddress: string): number => {
      let destroyed = 0;
      for (let i = 0; i < 5; i++) {
        const socket = { remoteAddress, on: () => socket, destroy: () => void destroyed++ };
        connections.admit(socket as unknown as Parameters<typeof connections.admit>[0]);
      }
      return destroyed;
    };
    expect([destroyedOf('203.0.113.7'), destroyedOf('10.0.0.5'), destroyedOf('127.0.0.1')]).toEqual([
      3, 0, 0,
    ]);
  });
});
