// What makes a browser offer to install the dashboard: a manifest, its pictures in their true sizes, and a page that names it.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(`../../../dashboard/${path}`, import.meta.url));

interface Manifest {
  readonly name: string;
  readonly id: string;
  readonly start_url: string;
  readonly scope: string;
  readonly display: string;
  readonly icons: readonly {
    readonly src: string;
    readonly sizes: string;
    readonly type: string;
    readonly purpose?: string;
  }[];
}

const manifest = JSON.parse(readFileSync(at('public/manifest.webmanifest'), 'utf8')) as Manifest;

describe('16.3 the dashboard as a web app', () => {
  test('16.3 has a name, a window of its own, and begins where the gateway serves it', () => {
    expect(manifest).toMatchObject({ name: 'Sluice', display: 'standalone' });
    expect([manifest.id, manifest.start_url, manifest.scope]).toEqual(Array(3).fill('/dashboard/'));
  });

  test('16.3 has pictures of 192 and 512 pixels, one of them with room to be cut, each as large as it says', () => {
    const drawn = manifest.icons.filter(({ type }) => type === 'image/png');
    expect(new Set(drawn.map(({ sizes }) => sizes))).toEqual(new Set(['192x192', '512x512']));
    expect(drawn.some(({ purpose }) => purpose === 'maskable')).toBe(true);
    expect(drawn.some(({ purpose, sizes }) => purpose === undefined && sizes === '512x512')).toBe(true);
    for (const { src, sizes } of drawn) {
      // Beside the manifest, so that it is found wherever that is served.
      expect(src).not.toContain('/');
      const picture = readFileSync(at(`public/${src}`));
      expect(picture.subarray(1, 4).toString(), src).toBe('PNG');
      expect(`${picture.readUInt32BE(16)}x${picture.readUInt32BE(20)}`, src).toBe(sizes);
    }
  });

  test('16.3 is named by the page, and asked for as whoever is signed in', () => {
    expect(readFileSync(at('index.html'), 'utf8')).toContain(
      '<link rel="manifest" href="/manifest.webmanifest" crossorigin="use-credentials" />',
    );
  });
});
