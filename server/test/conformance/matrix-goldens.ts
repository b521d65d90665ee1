// The goldens of the matrix: what each case came to, kept beside it in ./goldens.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { Golden } from './matrix-run.ts';

const folder = new URL('goldens/', import.meta.url);

/** True when the goldens are to be written instead of compared. */
const updating = process.env['UPDATE_GOLDENS'] === '1';

const COMMAND = 'UPDATE_GOLDENS=1 npx vitest run --project server test/conformance/matrix';

/** Name of the file of one case and target. */
export function goldenFile(name: string, target: DialectId): string {
  return `${name}.${target}.json`;
}

/** The golden as it was kept. */
export function readGolden(name: string, target: DialectId): Golden {
  return JSON.parse(readFileSync(new URL(goldenFile(name, target), folder), 'utf8')) as Golden;
}

/** Compares with the golden, member order aside; an absent golden fails. */
export function expectGolden(name: string, target: DialectId, actual: Golden): void {
  const file = new URL(goldenFile(name, target), folder);
  const text = `${JSON.stringify(actual, null, 1)}\n`;
  if (updating) {
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
    return;
  }
  if (!existsSync(file)) {
    expect.fail(
      `There is no golden ${goldenFile(name, target)}. Write it, read it, keep it if it is right: ${COMMAND}`,
    );
  }
  expect(actual).toEqual(JSON.parse(readFileSync(file, 'utf8')));
}
