import { describe, expect, test } from 'vitest';
import { vaultFolder } from '../vault/places.ts';
import { listenAddress } from './listen-address.ts';
import { checkConfig, type LoadedConfig } from './load.ts';
import { presentConfig } from './present.ts';
import { formatProblem } from './problem.ts';
import { resolveSettings } from './resolve.ts';
import type { Settings } from './settings.ts';

const ENV = { XDG_DATA_HOME: '/data' };

function loaded(value: unknown): LoadedConfig {
  const checked = checkConfig(value);
  if (!checked.ok) throw new Error(checked.problems.map(formatProblem).join('\n'));
  return checked.value;
}

function settingsOf(url: string): Settings {
  const resolved = resolveSettings(loaded({ storage: { url } }), {
    env: ENV,
    home: '/home/me',
    platform: 'linux',
  });
  if (!resolved.ok) throw new Error(resolved.problems.map(formatProblem).join('\n'));
  return resolved.settings;
}

function problemsOf(url: string): string {
  const resolved = resolveSettings(loaded({ storage: { url } }), {
    env: ENV,
    home: '/home/me',
    platform: 'linux',
  });
  return resolved.ok ? '' : resolved.problems.map(formatProblem).join('\n');
}

describe('a ledger on PostgreSQL', () => {
  const url = 'postgres://me:s3cret-word@db:5432/sluice?schema=team_a';

  test('is refused where its password cannot be decoded, without a word of it', () => {
    expect(problemsOf('postgres://me:100%canary@db/sluice')).toMatch(/^(?!.*canary).*%25/s);
    expect(problemsOf('postgres://me:100%25@db/sluice')).toBe('');
  });

  test('leaves stored keys and the spool in the data folder', () => {
    for (const given of [url, url.replace('postgres:', 'postgresql:')]) {
      const settings = settingsOf(given);
      expect(settings.storage.postgresUrl).toBe(given);
      expect(vaultFolder(settings)).toBe('/data/sluice');
    }
    expect(settingsOf('sqlite:/var/x.db').storage.postgresUrl).toBeUndefined();
  });

  test.each(['postgres:db', 'postgres://me:s3cret-word@db/x?schema=A;drop'])(
    'that cannot be one is reported without its password: %s',
    (given) => {
      const said = problemsOf(given);
      expect(said).toContain('storage.url');
      expect(said).not.toContain('s3cret-word');
    },
  );

  test('is shown without its password', () => {
    const config = loaded({ storage: { url } });
    const address = listenAddress(config, {}, ENV);
    if ('message' in address) throw new Error(address.message);
    const shown = JSON.stringify(presentConfig(config, settingsOf(url), address));
    expect(shown).toContain('@db:5432/sluice');
    expect(shown).not.toContain('s3cret-word');
  });
});
