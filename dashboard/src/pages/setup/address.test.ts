import { describe, expect, test } from 'vitest';
import { baseUrlAt, originIn } from './address.ts';

const addresses = [
  { url: 'http://127.0.0.1:9208', kind: 'loopback', reachable: false },
  { url: 'http://10.0.0.7:9208', kind: 'lan', reachable: true },
  { url: 'http://[fd00::1]:9208', kind: 'lan', reachable: true },
] as const;

describe('The address that the page is about', () => {
  test('is the one that was chosen, while it is there', () => {
    expect(originIn({ addresses }, 'http://[fd00::1]:9208', 'http://10.0.0.7:9208')).toBe(
      'http://[fd00::1]:9208',
    );
    expect(originIn({ addresses }, 'http://10.0.0.99:9208', 'http://10.0.0.7:9208')).toBe(
      'http://10.0.0.7:9208',
    );
  });

  test('is otherwise the one by which the viewer came, or the first that is listened on', () => {
    expect(originIn({ addresses }, undefined, 'http://127.0.0.1:9208')).toBe('http://127.0.0.1:9208');
    expect(originIn({ addresses }, undefined, 'http://localhost:9208')).toBe('http://10.0.0.7:9208');
    expect(originIn({ addresses: [] }, undefined, 'http://localhost:9208')).toBe('http://localhost:9208');
  });
});

test('11.9 A base URL keeps its end at another address', () => {
  expect(baseUrlAt('http://10.0.0.7:9208', { baseUrl: 'http://localhost:1/v1' })).toBe(
    'http://10.0.0.7:9208/v1',
  );
  expect(baseUrlAt('http://10.0.0.7:9208', { baseUrl: 'http://localhost:1' })).toBe('http://10.0.0.7:9208');
});
