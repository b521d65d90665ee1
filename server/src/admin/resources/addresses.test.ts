import { describe, expect, test } from 'vitest';
import { addressesOf } from './addresses.ts';

type Interfaces = Parameters<typeof addressesOf>[0];

const four = (address: string, internal = false): NonNullable<Interfaces[string]>[number] => {
  return { address, netmask: '255.0.0.0', family: 'IPv4', mac: '', internal, cidr: null };
};
const six = (address: string, internal = false): NonNullable<Interfaces[string]>[number] => {
  return { address, netmask: '', family: 'IPv6', mac: '', internal, cidr: null, scopeid: 0 };
};

const MACHINE: Interfaces = {
  eth0: [six('fd00::5'), six('fe80::5'), four('192.168.1.5')],
  tun0: [four('100.100.0.1'), four('169.254.3.4')],
  lo: [four('127.0.0.1', true), six('::1', true)],
};
const ORIGIN = 'http://127.0.0.1:9208';

const reachable = (host: string, origin = ORIGIN): string[] =>
  addressesOf(MACHINE, { host, port: 9208 }, origin)
    .filter((one) => one.reachable)
    .map(({ url }) => url);

describe('the addresses of a gateway', () => {
  test('11.9 are those of its machine, loopback first, each with its kind', () => {
    expect(addressesOf(MACHINE, { host: '127.0.0.1', port: 9208 }, ORIGIN)).toEqual([
      { url: 'http://127.0.0.1:9208', kind: 'loopback', interface: 'lo', reachable: true },
      { url: 'http://[::1]:9208', kind: 'loopback', interface: 'lo', reachable: false },
      { url: 'http://192.168.1.5:9208', kind: 'lan', interface: 'eth0', reachable: false },
      { url: 'http://[fd00::5]:9208', kind: 'lan', interface: 'eth0', reachable: false },
      { url: 'http://100.100.0.1:9208', kind: 'other', interface: 'tun0', reachable: false },
    ]);
  });

  test('are reachable where the gateway listens', () => {
    expect(reachable('0.0.0.0')).toEqual([
      'http://127.0.0.1:9208',
      'http://192.168.1.5:9208',
      'http://100.100.0.1:9208',
    ]);
    expect(reachable('::')).toHaveLength(5);
    expect(reachable('192.168.1.5')).toEqual(['http://192.168.1.5:9208']);
    expect(reachable('::1')).toEqual(['http://[::1]:9208']);
  });

  test('have the name by which the caller came, where that is none of them', () => {
    expect(reachable('127.0.0.1', 'https://llm.example')).toEqual([
      'http://127.0.0.1:9208',
      'https://llm.example',
    ]);
    expect(reachable('127.0.0.1', 'http://localhost:9208')).toEqual(['http://127.0.0.1:9208']);
  });
});
