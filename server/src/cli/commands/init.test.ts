import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { makeClientKey } from '../../config/client-key.ts';
import { loadConfig } from '../../config/load.ts';
import { formatProblem } from '../../config/problem.ts';
import { resolveSettings } from '../../config/resolve.ts';
import { hashKey } from '../../config/resolve-clients.ts';
import type { Settings } from '../../config/settings.ts';
import type { Terminal } from '../ui/terminal.ts';
import { initCommand } from './init.ts';

interface Run {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'sluice-init-'));

async function run(cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const said = { out: '', err: '', code: 0 };
  const terminal: Terminal = {
    env,
    cwd,
    home: join(cwd, 'home'),
    interactive: false,
    colours: picocolors.createColors(false),
    out: (line) => {
      said.out += line;
    },
    err: (line) => {
      said.err += `${line}\n`;
    },
    exitCode: (code) => {
      said.code = code;
    },
  };
  await initCommand(terminal).parseAsync([...args], { from: 'user' });
  return said;
}

async function settingsOf(file: string, env: Record<string, string>): Promise<Settings> {
  const loaded = await loadConfig(file, env);
  const resolved = loaded.ok ? resolveSettings(loaded.value, { env }) : loaded;
  if (!resolved.ok) throw new Error(resolved.problems.map(formatProblem).join('\n'));
  return resolved.settings;
}

describe('sluice init --yes', () => {
  const env = {
    OPENAI_API_KEY: 'sk-canary-one',
    ANTHROPIC_API_KEYS: 'sk-canary-two,sk-canary-three',
    TARGET_API_URL: 'http://10.0.0.1:8000/v1',
    API_KEYS: 'canary-a,canary-b',
    MODEL: 'only-this',
  };

  it('13.2 writes a good file from the environment that names variables and holds no key', async () => {
    const cwd = newFolder();
    const { out, code } = await run(cwd, ['--yes', '--port', '7001'], env);
    const file = join(cwd, 'sluice.jsonc');
    expect(code).toBe(0);
    expect(readFileSync(file, 'utf8')).not.toContain('canary');
    const settings = await settingsOf(file, env);
    expect(settings.server.port).toBe(7001);
    expect(settings.upstreams.map(({ id, keys }) => [id, keys.length])).toEqual([
      ['target', 2],
      ['openai', 1],
      ['anthropic', 2],
    ]);
    expect(settings.upstreams[0]?.aliases).toEqual({ '*': 'only-this' });
    expect(settings.clients).toEqual([{ id: 'me', enabled: true, keyHash: hashKey(out) }]);
    expect(readFileSync(file, 'utf8')).not.toContain(out);
  });

  it.skipIf(process.platform === 'win32')(
    'writes a file that only its owner can read, also when it replaces one',
    async () => {
      const cwd = newFolder();
      const file = join(cwd, 'sluice.jsonc');
      await run(cwd, ['--yes']);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      writeFileSync(join(cwd, 'other.jsonc'), '{}', { mode: 0o644 });
      await run(cwd, ['--yes', '--force', '--config', 'other.jsonc']);
      expect(statSync(join(cwd, 'other.jsonc')).mode & 0o777).toBe(0o600);
      expect(readdirSync(cwd).sort()).toEqual(['other.jsonc', 'sluice.jsonc']);
    },
  );

  it('13.2 leaves a file that is there alone unless it is forced', async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'sluice.jsonc'), '// mine');
    const { err, out, code } = await run(cwd, ['--yes']);
    expect({ out, code }).toEqual({ out: '', code: 1 });
    expect(err).toContain('is there already. Use --force to replace it.');
    expect(readFileSync(join(cwd, 'sluice.jsonc'), 'utf8')).toBe('// mine');
  });

  it('writes examples when the environment has nothing, and no client when none is wanted', async () => {
    const cwd = newFolder();
    const { out, err } = await run(cwd, ['--yes', '--no-client', '--user']);
    expect(out).toBe('');
    expect(err).toContain('No provider key was found');
    const settings = await settingsOf(join(cwd, 'home/.config/sluice/sluice.jsonc'), {});
    expect(settings).toMatchObject({ clients: [], upstreams: [] });
  });

  it('refuses a port that is none', async () => {
    expect((await run(newFolder(), ['--yes', '--port', '70000'])).code).toBe(1);
  });
});

describe('sluice init', () => {
  it('without a terminal to ask on says how to do without', async () => {
    const { err, code } = await run(newFolder(), []);
    expect(code).toBe(1);
    expect(err).toContain('sluice init --yes');
  });

  it('makes client keys of 192 random bits', () => {
    const keys = new Set(Array.from({ length: 100 }, makeClientKey));
    expect(keys.size).toBe(100);
    for (const key of keys) expect(key).toMatch(/^sk-sluice-[\w-]{32}$/);
  });
});
