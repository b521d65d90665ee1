import { describe, expect, test } from 'vitest';
import { checkConfig } from '../config/load.ts';
import { resolveSettings } from '../config/resolve.ts';
import type { Settings } from '../config/settings.ts';
import { withStoredKeys } from './merge.ts';
import type { StoredKey } from './vault.ts';

function settingsOf(config: object): Settings {
  const checked = checkConfig(config);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const options = { env: {}, home: '/home/me', hasKeysElsewhere: () => true };
  const resolved = resolveSettings(checked.value, options);
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  return resolved.settings;
}

const facts = { addedAt: '2026-11-21T00:00:00.000Z' };
const stored = (upstream: string, secret: string, more: object = {}): StoredKey => ({
  ...facts,
  id: `k_${secret.slice(-8)}`,
  upstream,
  secret,
  ...more,
});
const none = { keys: [], disabled: [] };

describe('stored keys', () => {
  test('5.1 join the upstream of their name after its own keys', () => {
    const bare = settingsOf({ upstreams: [{ id: 'work', provider: 'openai', keys: ['sk-own-00000001'] }] });
    const { settings, problems } = withStoredKeys(
      bare,
      { keys: [stored('work', 'sk-more-00000002', { name: 'second' })], disabled: [] },
      {},
    );
    expect(problems).toEqual([]);
    expect(settings.upstreams.map(({ id }) => id)).toEqual(['work']);
    expect(settings.upstreams[0]?.keys).toMatchObject([
      { secret: 'sk-own-00000001' },
      { id: 'k_00000002', secret: 'sk-more-00000002', name: 'second' },
    ]);
    expect(bare.upstreams[0]?.keys).toHaveLength(1);
  });

  test('make an upstream of the provider of their name where there is none', () => {
    const { settings, problems } = withStoredKeys(
      settingsOf({}),
      { keys: [stored('openai', 'sk-a-00000001'), stored('anthropic', 'sk-b-00000002')], disabled: [] },
      { PORT: 'not a number', HOST: '0.0.0.0' },
    );
    expect(problems).toEqual([]);
    expect(settings.upstreams).toMatchObject([
      {
        id: 'openai',
        enabled: true,
        baseUrls: { 'openai-chat': 'https://api.openai.com/v1' },
        keys: [{ secret: 'sk-a-00000001' }],
      },
      { id: 'anthropic', keys: [{ secret: 'sk-b-00000002' }] },
    ]);
  });

  test('5.1 by reference are read from the environment, and what is wrong there is told without it', () => {
    const keys: StoredKey[] = [
      { ...facts, id: 'k_aaaaaaaa', upstream: 'openai', env: 'GOOD' },
      { ...facts, id: 'k_bbbbbbbb', upstream: 'openai', env: 'MISSING' },
      { ...facts, id: 'k_cccccccc', upstream: 'openai', env: 'TWO' },
      { ...facts, id: 'k_dddddddd', upstream: 'openai', env: 'BAD' },
    ];
    const env = { GOOD: ' sk-good-000001 ', TWO: 'sk-one-1,sk-two-2', BAD: 'sk-canary bad' };
    const { settings, problems } = withStoredKeys(settingsOf({}), { keys, disabled: [] }, env);
    expect(settings.upstreams[0]?.keys).toEqual([{ id: 'k_aaaaaaaa', secret: 'sk-good-000001' }]);
    expect(problems.map(({ severity, message }) => [severity, /: (\w+ .*)$/.exec(message)?.[1]])).toEqual([
      ['warning', 'MISSING is empty or not set.'],
      ['warning', 'TWO holds several keys.'],
      ['warning', 'BAD holds a character that a header cannot carry.'],
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/canary|sk-/);
  });

  test('take the place of the missing key of an upstream that needs none', () => {
    const bare = settingsOf({
      upstreams: [{ id: 'mine', provider: 'openai-compatible', baseUrl: 'http://h/v1' }],
    });
    const { settings } = withStoredKeys(bare, { keys: [stored('mine', 'sk-a-00000001')], disabled: [] }, {});
    expect(settings.upstreams[0]?.keys.map(({ secret }) => secret)).toEqual(['sk-a-00000001']);
  });

  test('that are also configured count once, with the word of both', () => {
    const bare = settingsOf({ upstreams: [{ id: 'openai', provider: 'openai', keys: ['sk-a-00000001'] }] });
    const same = stored('openai', 'sk-a-00000001', { name: 'mine', disabled: true });
    const { settings } = withStoredKeys(bare, { keys: [same], disabled: [] }, {});
    expect(settings.upstreams[0]?.keys).toEqual([
      { ...bare.upstreams[0]?.keys[0], name: 'mine', disabled: true },
    ]);
  });

  test('of a name that nobody has are told of and not used', () => {
    const keys = [stored('nobody', 'sk-a-00000001'), stored('azure-openai', 'sk-b-00000002')];
    const { settings, problems } = withStoredKeys(settingsOf({}), { keys, disabled: [] }, {});
    expect(settings.upstreams).toEqual([]);
    expect(problems).toHaveLength(2);
    expect(JSON.stringify(problems)).not.toContain('sk-');
  });
});

describe('what the operator takes out of use', () => {
  const config = {
    upstreams: [{ id: 'openai', provider: 'openai', keys: ['sk-a-00000001', 'sk-b-00000002'] }],
  };

  test('is marked, in the named upstream alone', () => {
    const bare = settingsOf(config);
    const id = bare.upstreams[0]?.keys[1]?.id ?? '';
    const { settings } = withStoredKeys(bare, { keys: [], disabled: [{ upstream: 'openai', id }] }, {});
    expect(settings.upstreams[0]?.keys.map(({ disabled }) => disabled)).toEqual([undefined, true]);
    const elsewhere = withStoredKeys(bare, { keys: [], disabled: [{ upstream: 'other', id }] }, {});
    expect(elsewhere.settings.upstreams).toEqual(bare.upstreams);
  });

  test('switches the upstream off when no key is left', () => {
    const bare = settingsOf(config);
    const disabled = (bare.upstreams[0]?.keys ?? []).map(({ id }) => ({ upstream: 'openai', id }));
    expect(withStoredKeys(bare, { keys: [], disabled }, {}).settings.upstreams[0]?.enabled).toBe(false);
  });

  test('an upstream that waits for a stored key which is not there is left out, loudly', () => {
    const bare = settingsOf({ upstreams: [{ id: 'openai', provider: 'openai' }] });
    const { settings, problems } = withStoredKeys(bare, none, {});
    expect(settings.upstreams[0]).toMatchObject({ enabled: false, keys: [{ secret: '', disabled: true }] });
    expect(problems).toHaveLength(1);
  });
});
