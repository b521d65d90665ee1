import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { badFiles } from '../../test/fixtures/bad-config-files.ts';
import { badRoutingFiles } from '../../test/fixtures/bad-routing-files.ts';
import { checkConfig, loadConfig } from './load.ts';
import { formatProblem } from './problem.ts';
import { resolveSettings } from './resolve.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-load-'));

/** Writes a file that looks old, so that reading it need not wait for it to settle. */
function writeSettled(file: string, text: string | Uint8Array): void {
  writeFileSync(file, text);
  utimesSync(file, 1, 1);
}

/** Loads a text and gives its problems as lines, without the path of the file. */
async function problemsOf(text: string | Uint8Array, env: Record<string, string> = {}): Promise<string[]> {
  const file = join(folder, 'sluice.jsonc');
  writeSettled(file, text);
  const loaded = await loadConfig(file, env);
  const found = loaded.ok ? resolveSettings(loaded.value, { env }) : loaded;
  const problems = found.ok ? found.warnings : found.problems;
  return problems.map((problem) => formatProblem(problem).replaceAll(file, 'sluice.jsonc'));
}

describe('a configuration file', () => {
  it.each([...badFiles, ...badRoutingFiles])(
    'with %s is reported with place, path, fault and remedy',
    async (_name, text, problems) => {
      expect(await problemsOf(text, { EMPTY: '' })).toEqual(problems);
    },
  );

  it('may have comments, trailing commas, a byte order mark and Windows line ends', async () => {
    const text = `\uFEFF// mine\r\n{ /* a */ "upstreams": [{ "id": "a", "provider": "ollama", }, ],\r\n }`;
    expect(await problemsOf(text)).toEqual([]);
    expect(await problemsOf('\uFEFF{\r\n"x": 1 }')).toContainEqual(
      expect.stringContaining('sluice.jsonc:2:1: x:'),
    );
  });

  it('in UTF-16 or in no encoding is refused in words', async () => {
    const remedy = 'Check the path, or run "sluice init" to write a new one.';
    const utf16 = Buffer.from('\uFEFF{}', 'utf16le');
    expect(await problemsOf(utf16)).toEqual([
      `sluice.jsonc: The configuration cannot be read: it is UTF-16 text; save it as UTF-8. ${remedy}`,
    ]);
    expect(await problemsOf(Buffer.from([0x7b, 0xff, 0x7d]))).toEqual([
      `sluice.jsonc: The configuration cannot be read: it is not UTF-8 text. ${remedy}`,
    ]);
  });

  it('that is not there, or is a folder, is refused in words', async () => {
    const missing = await loadConfig(join(folder, 'nowhere', 'sluice.jsonc'));
    expect(missing.ok ? [] : missing.problems[0]?.message).toBe(
      'The configuration cannot be read: there is no such file.',
    );
    const directory = await loadConfig(folder);
    expect(directory.ok ? [] : directory.problems[0]?.message).toBe(
      'The configuration cannot be read: it is a folder.',
    );
  });

  it('that nests without end is refused instead of overflowing the stack', async () => {
    expect(await problemsOf('['.repeat(200_000))).toEqual([
      'sluice.jsonc:1:65: Nested deeper than 64 levels.',
    ]);
  });

  it('never crashes the gateway, whatever it holds', () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const names = fc.constantFrom(
      'server',
      'clients',
      'upstreams',
      'aliases',
      'timeouts',
      'retry',
      'routing',
      'routes',
      'limits',
      'queue',
      'storage',
      'log',
      'x',
    );
    const upstreamLike = fc.record(
      {
        id: fc.oneof(fc.string(), json),
        provider: fc.constantFrom('openai', 'ollama', 'nope'),
        keys: json,
        baseUrl: json,
        headers: json,
        aliases: json,
        proxy: fc.webUrl(),
        limits: fc.oneof(json, fc.record({ rpm: fc.integer() })),
        upstreams: fc.array(fc.string()),
        dispatch: json,
        prices: json,
      },
      { requiredKeys: [] },
    );
    const file = fc.oneof(json, fc.dictionary(names, fc.oneof(json, fc.array(upstreamLike))));
    fc.assert(
      fc.property(file, (value) => {
        const checked = checkConfig(value);
        if (!checked.ok) return checked.problems.length > 0;
        const resolved = resolveSettings(checked.value, { env: {} });
        return resolved.ok || resolved.problems.some((problem) => problem.severity === 'error');
      }),
      { numRuns: 500 },
    );
  });

  it('of any text gives a configuration or problems', async () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '/', '*', '$', 'a', '\n') }),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const file = join(folder, 'any.jsonc');
        writeSettled(file, text);
        const loaded = await loadConfig(file, {});
        return loaded.ok || loaded.problems.length > 0;
      }),
      { numRuns: 40 },
    );
  });
});
