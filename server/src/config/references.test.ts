import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from './document.ts';
import { loadConfig } from './load.ts';
import { formatProblem } from './problem.ts';
import { expandReferences, hideLiterals } from './references.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-references-'));

/** Expands one text as the value of an alias. */
function expand(
  text: string,
  env: Record<string, string> = {},
): { value: unknown; problems: readonly string[] } {
  const parsed = parseDocument('/c/sluice.jsonc', JSON.stringify({ aliases: { a: text } }));
  if (!parsed.ok) throw new Error('the test wrote invalid JSON');
  const files = new Map([
    ['/c/secrets/key', { text: 'from a file\r\n\n' }],
    ['/c/gone', { failure: 'there is no such file' }],
  ]);
  const { value, problems } = expandReferences(parsed.document, env, files);
  return {
    value: Object(value)['aliases']['a'],
    problems: problems.map((problem) => problem.message),
  };
}

describe('a reference', () => {
  it('to a variable is replaced, also in the middle of a text and more than once', () => {
    expect(expand('a ${X} b ${Y}', { X: '1', Y: '2' })).toEqual({ value: 'a 1 b 2', problems: [] });
  });

  it('to an unset variable is a problem, and its default helps when it is unset or empty', () => {
    expect(expand('${X}').problems).toEqual(['The environment variable X is not set.']);
    expect(expand('${X:-d}').value).toBe('d');
    expect(expand('${X:-d}', { X: '' }).value).toBe('d');
    expect(expand('${X:-}')).toEqual({ value: '', problems: [] });
    expect(expand('${X:-d}', { X: 'v' }).value).toBe('v');
  });

  it('to a file is replaced by its text without line breaks at the end', () => {
    expect(expand('{file:secrets/key}')).toEqual({ value: 'from a file', problems: [] });
  });

  it('to a file that cannot be read says which and why', () => {
    expect(expand('{file:gone}').problems).toEqual([
      'The file /c/gone cannot be read: there is no such file.',
    ]);
    expect(expand('{file:}').problems).toEqual(['"{file:}" names no file.']);
  });

  it('in the value of a reference is not looked for again', () => {
    expect(expand('${X}', { X: '${Y} {file:gone}', Y: 'no' })).toEqual({
      value: '${Y} {file:gone}',
      problems: [],
    });
  });

  it('is escaped by a second dollar', () => {
    expect(expand('$${X}', { X: '1' })).toEqual({ value: '${X}', problems: [] });
  });

  it('of a wrong form is a problem and not a text', () => {
    for (const text of ['${', '${}', '${1A}', '${A B}', '${A:=b}', '{file:x']) {
      expect(expand(text).problems).toHaveLength(1);
    }
  });

  it('leaves every text without one as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('${') && !text.includes('{file:'));
        return expand(text).value === text;
      }),
    );
  });

  it('may be unset inside an upstream that is switched off', async () => {
    const file = join(folder, 'off.jsonc');
    const off =
      '{ "id": "a", "provider": "openai", "keys": ["${UNSET}"], "baseUrl": "${UNSET}", "enabled": false }';
    writeFileSync(file, `{ "upstreams": [${off}] }`);
    const loaded = await loadConfig(file, {});
    expect(loaded.ok ? [] : loaded.problems.map(formatProblem)).toEqual([]);
  });

  it('to a file is found relative to the folder of the configuration', async () => {
    writeFileSync(join(folder, 'key'), 'one\ntwo\n');
    writeFileSync(join(folder, 'file.jsonc'), '{ "aliases": { "a": "{file:key}" } }');
    const loaded = await loadConfig(join(folder, 'file.jsonc'), {});
    expect(loaded.ok && loaded.value.config.aliases).toEqual({ a: 'one\ntwo' });
    const watched = ['file.jsonc', 'key', 'prices.jsonc'].map((name) => join(folder, name));
    expect(loaded.snapshot.files).toEqual(watched);
  });
});

describe('what is shown of a secret', () => {
  it('is its references and nothing else', () => {
    expect(hideLiterals('${A}')).toBe('${A}');
    expect(hideLiterals('Bearer ${A}!')).toBe('••••${A}••••');
    expect(hideLiterals('${A:-canary}')).toBe('${A:-••••}');
    expect(hideLiterals('${A:-}')).toBe('${A:-}');
    expect(hideLiterals('{file:a/b}')).toBe('{file:a/b}');
    expect(hideLiterals('canary$${A}')).toBe('••••');
    expect(hideLiterals('')).toBe('');
  });
});
