import { mkdirSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../load.ts';
import { formatProblem } from '../problem.ts';
import { resolveSettings } from '../resolve.ts';

const root = new URL('../../../../docs/guide/', import.meta.url);

/** Every example of a configuration in a page of the guide. */
function examplesOf(page: string): readonly (readonly [name: string, text: string])[] {
  const text = readFileSync(new URL(page, root), 'utf8');
  return [...text.matchAll(/```jsonc\n([\s\S]*?)```/g)].map((match) => {
    const before = text.slice(0, match.index);
    const heading = before.slice(before.lastIndexOf('\n## ') + 4).split('\n')[0] ?? '';
    return [`${page}, ${heading}, line ${before.split('\n').length}`, match[1] ?? ''] as const;
  });
}

const examples = ['configuration.md', 'routing.md'].flatMap(examplesOf);

describe('an example of the guide', () => {
  it.each(examples)('%s is a configuration without mistakes', async (_name, text) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-guide-'));
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(join(folder, 'secrets', 'spare'), 'sk-spare\n');
    const file = join(folder, 'sluice.jsonc');
    writeFileSync(file, text);
    utimesSync(file, 1, 1);
    const variables = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [
      name,
      `sk-${name}-of-a-test`,
    ]);
    const env = Object.fromEntries(variables);
    const loaded = await loadConfig(file, env);
    const resolved = loaded.ok ? resolveSettings(loaded.value, { env }) : loaded;
    const problems = resolved.ok ? resolved.warnings : resolved.problems;
    // An excerpt without upstreams says so; nothing else may be wrong or doubtful.
    expect(problems.filter(({ path }) => path !== 'upstreams').map(formatProblem)).toEqual([]);
  });

  it('is there', () => {
    expect(examples.length).toBeGreaterThan(10);
  });
});
