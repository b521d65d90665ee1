import { chmodSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { upstreamsFromEnvironment } from './environment.ts';
import { createLiveSettings, readSettings, type SettingsReading } from './live-settings.ts';
import { checkConfig, loadConfig } from './load.ts';
import { presentConfig } from './present.ts';
import { formatProblem } from './problem.ts';
import { resolveSettings } from './resolve.ts';
import type { Upstream, UpstreamKey } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-keys-'));
const file = join(folder, 'sluice.jsonc');

/** Writes the file so that reading it need not wait for it to settle, and so that nobody else can read it. */
function write(text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  utimesSync(file, 1, 1);
}

const upstreamText = (keys: string): string =>
  `{ "upstreams": [{ "id": "a", "provider": "openai", "keys": ${keys} }] }`;

async function read(keys: string, env: Record<string, string> = {}): Promise<SettingsReading> {
  write(upstreamText(keys));
  return readSettings(file, { env });
}

async function upstreamOf(keys: string, env: Record<string, string> = {}): Promise<Upstream> {
  const reading = await read(keys, env);
  const [upstream] = reading.ok ? reading.settings.upstreams : [];
  if (upstream === undefined) throw new Error(reading.ok ? 'no upstream' : formatProblemsOf(reading));
  return upstream;
}

const formatProblemsOf = (reading: SettingsReading): string =>
  (reading.ok ? reading.warnings : reading.problems).map(formatProblem).join('\n');

const secretsOf = (keys: readonly UpstreamKey[]): string[] => keys.map((key) => key.secret);

describe('5.1 keys come from', () => {
  it('the file: texts, lists in one text, and objects', async () => {
    const { keys } = await upstreamOf('["k1, k2", { "key": "k3", "name": "third", "weight": 2 }]');
    expect(secretsOf(keys)).toEqual(['k1', 'k2', 'k3']);
    expect(keys[2]).toMatchObject({ name: 'third', weight: 2 });
    expect(keys[0]).not.toHaveProperty('name');
  });

  it('variables and files that the file refers to, in objects too', async () => {
    writeFileSync(join(folder, 'key'), 'k2\n');
    const { keys } = await upstreamOf('[{ "key": "${A}" }, { "key": "{file:key}" }]', { A: 'k1' });
    expect(secretsOf(keys)).toEqual(['k1', 'k2']);
  });

  it('the environment alone, several at once', () => {
    const found = upstreamsFromEnvironment({ OPENAI_API_KEYS: 'k1,k2', OPENAI_API_KEY: 'k3' });
    const checked = checkConfig({ upstreams: found.upstreams });
    const resolved = checked.ok ? resolveSettings(checked.value, { env: {} }) : checked;
    const [upstream] = resolved.ok ? resolved.settings.upstreams : [];
    expect(secretsOf(upstream?.keys ?? [])).toEqual(['k3', 'k1', 'k2']);
  });
});

describe('a key object', () => {
  it('with several keys in it gives each the rest of it, and a numbered name', async () => {
    const { keys } = await upstreamOf(
      '[{ "key": "${KEYS}", "name": "team", "weight": 3, "limits": { "rpm": 9 } }]',
      { KEYS: 'k1,k2' },
    );
    const rest = { weight: 3, limits: { rpm: 9 } };
    expect(keys.map(({ id: _, ...key }) => key)).toEqual([
      { secret: 'k1', name: 'team-1', ...rest },
      { secret: 'k2', name: 'team-2', ...rest },
    ]);
  });

  it('has the say on a key that a list names as well', async () => {
    const reading = await read('["k1,k2", { "key": "k1", "enabled": false }]');
    const keys = reading.ok ? (reading.settings.upstreams[0]?.keys ?? []) : [];
    expect(keys.map(({ secret, disabled }) => [secret, disabled])).toEqual([
      ['k1', true],
      ['k2', undefined],
    ]);
    expect(formatProblemsOf(reading)).toContain('The same key is there twice');
  });

  it('that is switched off stays visible and leaves its upstream in use as long as another key is', async () => {
    const upstream = await upstreamOf('[{ "key": "k1", "enabled": false }, "k2"]');
    expect(upstream.enabled).toBe(true);
    expect(upstream.keys.map((key) => key.disabled)).toEqual([true, undefined]);
  });

  it('that is switched off takes its upstream out of use where it is the only one', async () => {
    const upstream = await upstreamOf('[{ "key": "k1", "enabled": false }]');
    expect(upstream.enabled).toBe(false);
    expect(upstream.keys).toMatchObject([{ secret: 'k1', disabled: true }]);
  });

  it('that is switched off may refer to what is not there, and is then no key', async () => {
    const upstream = await upstreamOf('[{ "key": "${UNSET}", "name": "n", "enabled": false }, "k2"]');
    expect(secretsOf(upstream.keys)).toEqual(['k2']);
    const alone = await upstreamOf('[{ "key": "${UNSET}", "enabled": false }]');
    expect(alone).toMatchObject({ enabled: false, keys: [{ id: 'k_none', secret: '', disabled: true }] });
  });
});

describe('5.2 a key', () => {
  const keys =
    '["canary-0", { "key": "canary-1", "name": "one" }, { "key": "${CANARY}", "limits": { "rpm": 2 } }, { "key": "canary-${CANARY}", "enabled": false }]';
  const env = { CANARY: 'canary-2' };

  it('is never shown with the configuration, however it is written, and its id and name are', async () => {
    write(upstreamText(keys));
    const loaded = await loadConfig(file, env);
    if (!loaded.ok) throw new Error('must be good');
    const resolved = resolveSettings(loaded.value, { env });
    if (!resolved.ok) throw new Error('must be good');
    const address = { host: '127.0.0.1', port: 9208, hostFrom: 'file', portFrom: 'file' } as const;
    const shown = presentConfig(loaded.value, resolved.settings, address);
    expect(JSON.stringify(shown)).not.toContain('canary');
    const ids = resolved.settings.upstreams[0]?.keys.map((key) => [key.id]);
    expect(shown.config).toMatchObject({
      upstreams: [
        {
          keys: [
            { ids: ids?.[0], value: '••••' },
            { ids: ids?.[1], value: '••••', name: 'one', enabled: true },
            { ids: ids?.[2], value: '${CANARY}', limits: { rpm: 2 } },
            { ids: ids?.[3], value: '••••${CANARY}', enabled: false },
          ],
        },
      ],
    });
  });

  it('is never shown in problems either', async () => {
    const bad =
      '[{ "key": "Bearer canary-1" }, { "key": "ca nary-${CANARY}" }, { "key": "canary-3", "nam": 1 }]';
    const said = formatProblemsOf(await read(bad, env)).replaceAll(file, '');
    expect(said).not.toContain('canary');
    expect(said).toContain('nam');
  });

  it.skipIf(process.platform === 'win32')(
    'that is written out in an object makes a file that others can read doubtful, a reference does not',
    async () => {
      const check = async (entry: string): Promise<string> => {
        write(upstreamText(`[${entry}]`));
        chmodSync(file, 0o644);
        const said = formatProblemsOf(await readSettings(file, { env }));
        chmodSync(file, 0o600);
        return said;
      };
      expect(await check('{ "key": "k1" }')).toContain('chmod 600');
      expect(await check('{ "key": "${CANARY}" }')).toBe('');
    },
  );

  it('keeps its id over a reload that changes everything else about it', async () => {
    const initial = await read('["k1", "k2"]');
    if (!initial.ok) throw new Error('must be good');
    const live = createLiveSettings({ initial, read: () => readSettings(file, { env: {} }) });
    const idsOf = (): unknown =>
      Object.fromEntries(live.current().upstreams[0]?.keys.map((key) => [key.secret, key.id]) ?? []);
    const before = idsOf();
    write(upstreamText('[{ "key": "k2", "name": "b", "weight": 2 }, { "key": "k1", "enabled": false }]'));
    expect((await live.reload()).swapped).toBe(true);
    expect(live.current().upstreams[0]?.keys.map((key) => key.secret)).toEqual(['k2', 'k1']);
    expect(idsOf()).toEqual(before);
  });
});

describe('what is shown of routes', () => {
  it('has what is inherited, and models from references as they are written', async () => {
    write(
      '{ "routing": { "dispatch": "race", "forceModel": "${CANARY}" }, "routes": [{ "id": "r", "models": ["${CANARY}*"] }], "limits": { "timeZone": "${ZONE}" } }',
    );
    const variables = { CANARY: 'canary', ZONE: 'Europe/Berlin' };
    const loaded = await loadConfig(file, variables);
    const resolved = loaded.ok ? resolveSettings(loaded.value, { env: variables }) : loaded;
    if (!loaded.ok || !resolved.ok) throw new Error('must be good');
    const address = { host: '127.0.0.1', port: 9208, hostFrom: 'file', portFrom: 'file' } as const;
    const { config } = presentConfig(loaded.value, resolved.settings, address);
    expect(JSON.stringify(config)).not.toContain('canary');
    const common = {
      dispatch: { type: 'race', maxParallel: 2 },
      order: 'round_robin',
      forceModel: '${CANARY}',
    };
    expect(config).toMatchObject({
      routing: common,
      routes: [{ id: 'r', models: ['${CANARY}*'], ...common, retry: { maxAttempts: 3 } }],
      limits: { timeZone: '${ZONE}', window: 'sliding' },
      breaker: { failures: 5 },
    });
  });
});
