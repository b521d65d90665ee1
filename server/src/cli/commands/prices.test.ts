import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Terminal } from '../ui/terminal.ts';
import { pricesCommand } from './prices.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-prices-'));
});

async function run(config: string, ...flags: string[]): Promise<{ out: string; err: string; code: number }> {
  const out: string[] = [];
  const err: string[] = [];
  let code = 0;
  const file = join(folder, 'sluice.jsonc');
  writeFileSync(file, config);
  const terminal: Terminal = {
    interactive: false,
    colours: picocolors.createColors(false),
    env: { HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
    cwd: folder,
    home: folder,
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    exitCode: (next) => {
      code = next;
    },
  };
  await pricesCommand(terminal).parseAsync(['--config', file, ...flags], { from: 'user' });
  return { out: out.join('\n'), err: err.join('\n'), code };
}

const TWO = `{ "upstreams": [
  { "id": "main", "provider": "openai", "keys": ["sk-1"] },
  { "id": "mine", "provider": "openai-compatible", "baseUrl": "http://10.0.0.1/v1" }
] }`;

describe('9.5 sluice prices', () => {
  test('says what a model costs at each upstream and who says so', async () => {
    writeFileSync(join(folder, 'prices.jsonc'), '{ "mine/gpt-*": { "input": 0.5, "output": 1.5 } } // ours');
    const { out, code } = await run(TWO, 'gpt-5');
    expect(code).toBe(0);
    expect(out).toMatch(/gpt-5 +main +1\.25 +0\.125 +– +10\.00 +catalogue:openai\/gpt-5/);
    expect(out).toMatch(/gpt-5 +mine +0\.50 +– +– +1\.50 +file:mine\/gpt-\*/);
  });

  test('shows what has no price, and as JSON says null', async () => {
    const { out } = await run(TWO, 'gpt-5', '--unpriced');
    expect(out).toMatch(/gpt-5 +mine +– +– +– +– +no price/);
    expect(out).toContain('1 without a price');
    const { out: json } = await run(TWO, 'gpt-5', '--unpriced', '--json');
    expect(JSON.parse(json).prices).toEqual([
      { upstreamId: 'mine', provider: 'openai-compatible', model: 'gpt-5', price: null },
    ]);
  });

  test('lists the catalogue of every upstream by a pattern, and prices of another time', async () => {
    const { out } = await run(TWO, 'o3*', '--at', '2025-06-01T00:00Z');
    expect(out).toMatch(/o3 +main +10\.00/);
    expect((await run(TWO, '--at', 'yesterday')).code).toBe(1);
  });
});
