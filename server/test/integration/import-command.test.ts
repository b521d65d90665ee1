// `sluice import` from end to end: what is written where, what is refused, and that no key is ever shown (13.2, 14.1).

import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { desk, EXAMPLES, fixture, secretsOf } from '../kit/import-kit.ts';

describe('13.2 sluice import', () => {
  test.each(EXAMPLES)(
    '13.2 tells %s by its files, and shows no secret of them: %j',
    async (source, paths) => {
      const user = desk();
      const given = paths.map(fixture);
      const dry = await user.run(['auto', ...given, '--dry-run']);
      expect(dry.code).toBe(0);
      expect(dry.err).toContain(`as ${source}.`);
      expect(dry.err).toContain('Nothing was written');
      expect(() => user.text()).toThrow('ENOENT');
      const wet = await user.run([source, ...given]);
      expect(wet).toMatchObject({ code: 0, out: `${user.file}\n` });
      const inline = await user.run([source, ...given, '--secrets', 'inline', '--force', '--dry-run']);
      for (const said of [dry, wet, inline]) {
        expect(said.out + said.err).not.toContain('canary');
        expect(said.err).toMatch(/Carried over[\s\S]*Changed/);
      }
    },
  );

  test('13.2 writes a file that its owner alone can read', async () => {
    const user = desk();
    await user.run(['nos', fixture('nos-token-proxy/dotenv.txt')]);
    expect(statSync(user.file).mode & 0o777).toBe(0o600);
  });

  test('13.2 does not replace a file without --force', async () => {
    const user = desk();
    writeFileSync(user.file, '{}');
    const refused = await user.run(['nos', fixture('nos-token-proxy/dotenv.txt')]);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('--force');
    expect(user.text()).toBe('{}');
    expect((await user.run(['nos', fixture('nos-token-proxy/dotenv.txt'), '--force'])).code).toBe(0);
    expect(user.text()).toContain('"upstreams"');
  });

  test('13.2 writes to another file with --out', async () => {
    const user = desk();
    const said = await user.run(['nos', fixture('nos-token-proxy/dotenv.txt'), '--out', 'nos.jsonc']);
    expect(said.out).toBe(`${join(user.cwd, 'nos.jsonc')}\n`);
  });

  test('13.2 takes the folder of a gateway, and a file alone', async () => {
    const user = desk();
    const folder = join(user.cwd, 'old');
    mkdirSync(folder);
    writeFileSync(join(folder, '.env'), readFileSync(fixture('nos-token-proxy/dotenv.txt')));
    expect((await user.run(['auto', 'old', '--out', 'a.jsonc'])).code).toBe(0);
    expect((await user.run([join('old', '.env'), '--out', 'b.jsonc'])).code).toBe(0);
    mkdirSync(join(user.cwd, 'empty'));
    expect((await user.run(['auto', 'empty'])).err).toContain('none of the files');
  });

  test.each([
    [['nobody', 'x'], 'This gateway is not known.'],
    [['litellm'], 'Say what to import.'],
    [['litellm', 'missing.yaml'], 'is not there'],
    [['litellm', fixture('litellm/config.yaml'), '--secrets', 'somewhere'], '--secrets takes'],
    [['litellm', fixture('nos-token-proxy/dotenv.txt')], 'None of these files'],
    [['auto', fixture('nos-token-proxy/dotenv.txt'), fixture('ai-proxy/dotenv.txt')], 'several gateways'],
  ])('13.2 refuses %j with the reason and what to do', async (args, words) => {
    const user = desk();
    const said = await user.run(args);
    expect(said.code).toBe(1);
    expect(said.err).toContain(words);
    expect(said.err).toContain('→');
    expect(() => user.text()).toThrow('ENOENT');
  });
});

describe('5.1 imported keys', () => {
  const dotenv = fixture('nos-token-proxy/dotenv.txt');
  const both = ['sk-canary-nos-1', 'sk-canary-nos-2'];

  test('5.1 are stored, sealed, where they stood in a file alone', async () => {
    const user = desk();
    const said = await user.run(['nos', dotenv]);
    expect(said.err).toContain('Stored 2 keys, sealed');
    expect(user.text()).not.toContain('canary');
    expect(secretsOf(await user.settings(), 'openrouter')).toEqual(both);
    expect(readFileSync(join(user.cwd, 'data/sluice/keys.json'), 'utf8')).not.toContain('canary');
  });

  test('5.1 stay in the variable that holds them already', async () => {
    const user = desk({ API_KEYS: both.join(','), PORT: '4999' });
    const said = await user.run(['nos', dotenv]);
    expect(said.err).not.toContain('Stored');
    expect(user.text()).toContain('"${API_KEYS}"');
    expect(secretsOf(await user.settings(), 'openrouter')).toEqual(both);
  });

  test('5.1 are stored where the variable holds other ones', async () => {
    const user = desk({ API_KEYS: 'sk-another' });
    await user.run(['nos', dotenv]);
    expect(user.text()).not.toContain('API_KEYS}');
    expect(secretsOf(await user.settings(), 'openrouter')).toEqual(both);
  });

  test('5.1 are stored where the variable separates them in a way that a reference cannot', async () => {
    const user = desk({ API_KEYS: both.join('; ') });
    await user.run(['nos', dotenv]);
    expect(user.text()).not.toContain('API_KEYS}');
    expect(secretsOf(await user.settings(), 'openrouter')).toEqual(both);
  });

  test('5.1 become references with --secrets env, and variables that are not set are named', async () => {
    const user = desk();
    const said = await user.run(['api-together', fixture('api-together'), '--secrets', 'env']);
    expect(said.err).toContain('Set SLUICE_API1_KEY to the key of upstream api1.');
    expect(user.text()).toContain('"${SLUICE_API1_KEY}"');
    const other = desk();
    const nos = await other.run(['nos', dotenv, '--secrets', 'env']);
    expect(nos.err).toContain('needed when the gateway starts: API_KEYS.');
  });

  test('5.1 stand in the file with --secrets inline', async () => {
    const user = desk();
    await user.run(['nos', dotenv, '--secrets', 'inline']);
    for (const key of both) expect(user.text()).toContain(key);
    expect(secretsOf(await user.settings(), 'openrouter')).toEqual(both);
  });

  test('5.1 stay out of use where they were', async () => {
    for (const secrets of ['vault', 'inline']) {
      const user = desk();
      const files = ['openrouter-proxy/dotenv.txt', 'openrouter-proxy/data/keys.json'].map(fixture);
      await user.run(['openrouter', ...files, '--secrets', secrets]);
      const { upstreams } = await user.settings();
      expect(upstreams[0]?.keys.map(({ disabled }) => disabled ?? false)).toEqual([false, false, true]);
    }
  });

  test('a second import adds no key twice', async () => {
    const user = desk();
    await user.run(['nos', dotenv]);
    await user.run(['nos', dotenv, '--force']);
    expect(secretsOf(await user.settings(), 'openrouter')).toEqual(both);
  });
});
