import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** Every file that is loaded with one, and every package. */
function closure(
  path: string,
  files: Set<string> = new Set(),
  packages: Set<string> = new Set(),
): Set<string> {
  if (files.has(path)) return packages;
  files.add(path);
  const text = readFileSync(path, 'utf8');
  for (const [, type, from = ''] of text.matchAll(/^(?:import|export) (type )?[^;]*? from '([^']+)';/gm)) {
    if (type !== undefined) continue;
    if (from.startsWith('.')) closure(join(dirname(path), from), files, packages);
    else packages.add(from);
  }
  return packages;
}

describe('the contract of the admin API', () => {
  test('can be loaded by a browser: it needs Zod and nothing else', () => {
    const path = fileURLToPath(new URL('contract.ts', import.meta.url));
    expect([...closure(path)]).toEqual(['zod']);
  });
});
