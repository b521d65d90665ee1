import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLiveSettings, readSettings, type SettingsReading } from './live-settings.ts';
import { formatProblem } from './problem.ts';
import { takeSnapshot } from './snapshot.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-prices-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const UPSTREAM = '{ "id": "main", "provider": "openai", "keys": ["sk-one"] }';

async function reading(config = `{ "upstreams": [${UPSTREAM}] }`): Promise<SettingsReading> {
  writeFileSync(join(folder, 'sluice.jsonc'), config, { mode: 0o600 });
  return await readSettings(join(folder, 'sluice.jsonc'), { env: {}, home: folder });
}

function write(text: string, name = 'prices.jsonc'): void {
  writeFileSync(join(folder, name), text);
}

function said(read: SettingsReading): readonly string[] {
  return (read.ok ? read.warnings : read.problems).map(formatProblem);
}

describe('9.5 the price file', () => {
  test('stands beside the configuration, and need not be there', async () => {
    const none = await reading();
    expect(none.ok && none.settings.prices).toEqual({ file: join(folder, 'prices.jsonc'), models: [] });
    expect(said(none)).toEqual([]);
    write('{ /* ours */ "openai/gpt-*": { "input": 1.5, "output": 6, "cacheRead": 0.15, }, }');
    const found = await reading();
    expect(found.ok && found.settings.prices.models).toEqual([
      {
        place: 'openai',
        model: 'gpt-*',
        price: {
          id: 'file:openai/gpt-*',
          rates: { input: 1_500_000, output: 6_000_000, cacheRead: 150_000 },
          tiers: [],
          serviceTiers: {},
        },
      },
    ]);
  });

  test('has tiers, service tiers and everything else that is billed; what a tier does not say stays', async () => {
    write(`{ "openai/m": {
      "input": 1, "output": 2, "cacheWrite1h": 3, "inputAudio": 4, "webSearch": 10, "request": 5,
      "tiers": [ { "aboveInputTokens": 500, "input": 9 }, { "aboveInputTokens": 100, "output": 8, "whole": false } ],
      "serviceTiers": { "flex": { "input": 0.5 } }
    } }`);
    const read = await reading();
    const base = { cacheWrite1h: 3_000_000, inputAudio: 4_000_000, webSearch: 10e9, request: 5e9 };
    expect(read.ok && read.settings.prices.models[0]?.price).toEqual({
      id: 'file:openai/m',
      rates: { ...base, input: 1_000_000, output: 2_000_000 },
      tiers: [
        { aboveInputTokens: 100, whole: false, rates: { ...base, input: 1_000_000, output: 8_000_000 } },
        { aboveInputTokens: 500, whole: true, rates: { ...base, input: 9_000_000, output: 2_000_000 } },
      ],
      serviceTiers: { flex: { ...base, input: 500_000, output: 2_000_000 } },
    });
  });

  test('the section of the configuration comes before it', async () => {
    write('{ "openai/gpt-5": { "input": 1, "output": 1 } }');
    const read = await reading(
      `{ "upstreams": [${UPSTREAM}], "prices": { "models": { "main/*": { "input": 2, "output": 2 } } } }`,
    );
    expect(read.ok && read.settings.prices.models.map(({ price }) => price?.id)).toEqual([
      'config:prices.models.main/*',
      'file:openai/gpt-5',
    ]);
  });

  test.each([
    ['{ "openai/x": { "input": -1, "output": 1 } }', /prices\.jsonc:1:\d+: \["openai\/x"\]\.input: /],
    [
      '{\n "openai/x": { "inptu": 1, "input": 1, "output": 1 } }',
      /prices\.jsonc:2:\d+: .*inptu.*Known here: .*cacheRead/,
    ],
    ['{ "gpt-5": { "input": 1, "output": 1 } }', /must be a provider or an upstream, a slash and a model/],
    ['{ "openai/x": { "input": 1 } }', /output: Is missing/],
    ['{ "openai/x": ', /prices\.jsonc:1/],
    ['', /The file is empty/],
  ])('%j is reported with its place, and the gateway serves without it', async (text, words) => {
    write(text);
    const read = await reading();
    expect(read.ok && read.settings.prices.models).toEqual([]);
    expect(said(read)).toContainEqual(expect.stringMatching(words));
    expect(said(read).every((line) => line.startsWith('warning: '))).toBe(true);
  });

  test('one that is named must be there', async () => {
    const config = `{ "upstreams": [${UPSTREAM}], "prices": { "file": "money.jsonc" } }`;
    expect(said(await reading(config))).toContainEqual(expect.stringContaining('there is no such file'));
    write('{ "openai/x": { "input": 1, "output": 1 } }', 'money.jsonc');
    const read = await reading(config);
    expect(read.ok && read.settings.prices.models).toHaveLength(1);
  });

  test('an entry for nobody is doubted', async () => {
    write('{ "opneai/x": { "input": 1, "output": 1 }, "*/y": { "input": 1, "output": 1 } }');
    expect(said(await reading())).toEqual([
      expect.stringContaining('["opneai/x"]: There is neither a provider'),
    ]);
  });

  test('is watched with the configuration, from before it exists, and read again', async () => {
    const initial = await reading();
    if (!initial.ok) throw new Error('not valid');
    const live = createLiveSettings({ initial, read: () => reading() });
    const before = await takeSnapshot(initial.snapshot.files);
    expect(before.fingerprint).toBe(initial.snapshot.fingerprint);
    write('{ "openai/x": { "input": 1, "output": 1 } }');
    expect((await takeSnapshot(initial.snapshot.files)).fingerprint).not.toBe(initial.snapshot.fingerprint);
    await live.reload();
    expect(live.current().prices.models).toHaveLength(1);
  });
});
