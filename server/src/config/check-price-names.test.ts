import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readSettings } from './live-settings.ts';
import { formatProblem } from './problem.ts';

async function saidOf(config: object, prices?: object): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-price-names-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'sluice.jsonc');
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  if (prices !== undefined) writeFileSync(join(folder, 'prices.jsonc'), JSON.stringify(prices));
  const knowsPrice = (_upstream: object, name: string): boolean => name === 'gpt-4o';
  const read = await readSettings(file, { env: {}, home: folder, knowsPrice });
  return (read.ok ? read.warnings : read.problems).map((problem) =>
    formatProblem(problem).replaceAll(folder, ''),
  );
}

const upstream = (prices: object): object => ({ id: 'one', provider: 'ollama', prices });

describe('9.5 the name of a model whose price is taken', () => {
  test('is told where the list does not have it, wherever it is written', async () => {
    const said = await saidOf(
      {
        upstreams: [upstream({ mine: { as: 'gpt-4o' }, house: { as: 'gpt-4oo' } })],
        prices: { models: { 'one/other': { as: 'nothing' }, 'ollama/*': { as: 'gpt-4o' } } },
      },
      { 'one/filed': { as: 'nobody' }, 'openai/filed': { as: 'not asked for' } },
    );
    expect(said).toHaveLength(3);
    const all = said.join('\n');
    expect(all).toMatch(/sluice\.jsonc:1.*prices\.house\.as: The built-in price list has no model "gpt-4oo"/);
    expect(all).toMatch(/sluice\.jsonc:1.*\["one\/other"\]\.as: .*"nothing"/);
    expect(all).toMatch(/prices\.jsonc: \["one\/filed"\]\.as: .*"nobody"/);
    expect(all).toContain('with its provider before it ("openai/gpt-4o")');
  });

  test('stands alone', async () => {
    const said = await saidOf({ upstreams: [upstream({ mine: { as: 'gpt-4o', input: 1 } })] });
    expect(said.join('\n')).toMatch(/input.*Does not go together with "as"/s);
  });

  test('or both rates are needed', async () => {
    const said = await saidOf({ upstreams: [upstream({ mine: { input: 1 }, other: { cacheRead: 1 } })] });
    expect(said).toHaveLength(3);
    expect(said[0]).toMatch(/prices\.mine\.output: Is missing\.$/);
    expect(said[1]).toMatch(/prices\.other\.input: Is missing; or write "as"/);
  });
});
