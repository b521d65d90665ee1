import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { recordingTerminal } from '../../../test/kit/recording-terminal.ts';
import { hashKey } from '../../config/resolve-clients.ts';
import { clientsCommand } from './clients.ts';

const FILE = `{
  // who may call
  "clients": [
    { "id": "me", "keyHash": "sha256:${'a'.repeat(64)}" }, // mine
  ],
  "upstreams": [{ "id": "a", "provider": "ollama" }], // local
}
`;

interface Folder {
  run(...args: readonly string[]): Promise<{ out: string; err: string; code: number }>;
  file(): string;
}

/** Runs `sluice clients …` in a folder with a configuration. */
function folder(text = FILE): Folder {
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-clients-'));
  const path = join(cwd, 'sluice.jsonc');
  writeFileSync(path, text, { mode: 0o600 });
  return {
    file: () => readFileSync(path, 'utf8'),
    run: async (...args) => {
      const { terminal, said } = recordingTerminal(cwd, { env: { XDG_DATA_HOME: join(cwd, 'data') } });
      const program = new Command('sluice').addCommand(clientsCommand(terminal));
      await program.parseAsync(['clients', ...args], { from: 'user' });
      return said;
    },
  };
}

describe('sluice clients add', () => {
  test('prints the key once, writes its hash, and leaves comments where they are', async () => {
    const { run, file } = folder();
    const { out, code } = await run(
      ...['add', 'app', '--name', 'The app', '--budget', '25/month', '--budget', '2.5/day'],
      ...['--model', 'gpt-*', '--upstream', 'a', '--expires', '2099-01-31T18:00:00Z'],
    );
    expect(code).toBe(0);
    const key = out.trim();
    expect(key).toMatch(/^sk-sluice-[\w-]{32}$/);
    const text = file();
    expect(text).not.toContain(key);
    expect(text).toContain(hashKey(key));
    for (const part of ['// who may call', '// mine', '// local', '"The app"', '"gpt-*"', '"usd": 2.5'])
      expect(text).toContain(part);
    const listed = await run('list', '--json');
    expect(JSON.parse(listed.out)[1]).toEqual({
      id: 'app',
      name: 'The app',
      enabled: true,
      expiresAt: '2099-01-31T18:00:00.000Z',
      models: ['gpt-*'],
      upstreams: ['a'],
      budgets: [
        { period: 'month', usd: 25 },
        { period: 'day', usd: 2.5 },
      ],
      limits: null,
    });
  });

  test.each([
    [['add', 'me'], 'already'],
    [['add', 'a b'], 'letters'],
    [['add', 'app', '--expires', 'tomorrow'], 'not a date'],
    [['add', 'app', '--budget', '1/day', '--budget', '2/day'], 'already'],
  ])('changes nothing where that would be wrong: %j', async (args, words) => {
    const { run, file } = folder();
    const { out, err, code } = await run(...args);
    expect([out, code]).toEqual(['', 1]);
    expect(err).toContain(words);
    expect(file()).toBe(FILE);
  });
});

describe('sluice clients', () => {
  test('locks out, lets in again, and lists so that people can read it', async () => {
    const { run, file } = folder();
    expect((await run('disable', 'me')).code).toBe(0);
    expect(file()).toContain('"enabled": false');
    expect((await run('list')).out).toMatch(/^CLIENT +NAME +STATE .*\nme +- +disabled +all +all +-\n$/);
    await run('enable', 'me');
    expect((await run('list')).out).toMatch(/me +- +enabled/);
  });

  test('revokes, but not the last one, and says which there are not', async () => {
    const { run, file } = folder();
    expect((await run('revoke', 'me')).err).toContain('only client');
    expect((await run('revoke', 'nobody')).err).toContain('There is no client "nobody"');
    await run('add', 'app');
    expect((await run('revoke', 'me')).code).toBe(0);
    expect(file()).not.toContain('"me"');
    expect(file()).toContain('// who may call');
  });
});
