import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withAdded } from '../vault/changes.ts';
import { openVault } from '../vault/vault.ts';
import { findStart, isDemo, type Start } from './start-settings.ts';

/** A start on a machine that has nothing but a home. */
async function freshStart(home: string): Promise<Start> {
  const env = { XDG_DATA_HOME: home, XDG_CONFIG_HOME: home };
  return findStart({ overrides: {}, env, cwd: home });
}

async function settingsOf(
  start: Start,
): Promise<{ readonly ids: readonly string[]; readonly demo: boolean }> {
  const reading = await start.read();
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  // A model server of the developer's own machine may be found, too.
  const ids = reading.settings.upstreams
    .filter(({ provider }) => provider.local === undefined)
    .map(({ id }) => id);
  return { ids, demo: isDemo(reading.settings) };
}

describe('a start without a configuration', () => {
  test('5.1 serves the provider of a stored key instead of the demo, also when it is stored later', async () => {
    const home = mkdtempSync(join(tmpdir(), 'sluice-start-'));
    const running = await freshStart(home);
    const before = await settingsOf(running);
    expect(before.ids.filter((id) => id !== 'demo')).toEqual([]);
    const vault = openVault(join(home, 'sluice'));
    const value = { secret: 'sk-stored-00000001' };
    await vault.change(
      (now, seal) => withAdded(now, { upstream: 'openai', name: undefined, value, nowMs: 0 }, seal, false),
      true,
    );
    const expected = { ids: ['openai'], demo: false };
    expect(await settingsOf(running)).toEqual(expected);
    expect(await settingsOf(await freshStart(home))).toEqual(expected);
    await vault.change(() => ({ contents: { keys: [], disabled: [] }, value: 0 }), false);
    expect(await settingsOf(running)).toEqual(before);
  });
});
