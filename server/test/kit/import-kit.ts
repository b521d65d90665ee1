// What tests of `sluice import` share: the fixtures, a folder of a user who imports one, and the settings that come of it.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { onTestFinished } from 'vitest';
import { importCommand } from '../../src/cli/commands/import.ts';
import { findStart } from '../../src/cli/start-settings.ts';
import { formatProblem } from '../../src/config/problem.ts';
import type { Settings } from '../../src/config/settings.ts';
import { recordingTerminal, type Said } from './recording-terminal.ts';

/** Path of a file or folder below the fixtures. */
export function fixture(path: string): string {
  return fileURLToPath(new URL(`../fixtures/import/${path}`, import.meta.url));
}

/** A documented example of every source: what is given to the command. */
export const EXAMPLES: readonly (readonly [source: string, paths: readonly string[]])[] = [
  ['nos-token-proxy', ['nos-token-proxy/dotenv.txt']],
  ['ai-proxy', ['ai-proxy/dotenv.txt']],
  ['token-proxy', ['token-proxy/config.jsonc']],
  ['token-proxy', ['token-proxy/legacy.jsonc']],
  ['api-together', ['api-together']],
  ['openrouter-proxy', ['openrouter-proxy/dotenv.txt', 'openrouter-proxy/data/keys.json']],
  ['litellm', ['litellm/config.yaml']],
];

/** A user in a folder of their own. */
export interface Desk {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Path of the file that is written. */
  readonly file: string;
  run(args: readonly string[]): Promise<Said>;
  text(): string;
  /** What `sluice serve` would serve from here. */
  settings(): Promise<Settings>;
}

/** Makes one. `env` is all that their environment holds, besides the places of files. */
export function desk(env: Record<string, string> = {}): Desk {
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-import-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const places = { XDG_DATA_HOME: join(cwd, 'data'), XDG_CONFIG_HOME: join(cwd, 'config') };
  const all = { ...places, ...env };
  const file = join(cwd, 'sluice.jsonc');
  return {
    cwd,
    env: all,
    file,
    run: async (args) => {
      const { terminal, said } = recordingTerminal(cwd, { env: all });
      const program = new Command('sluice').exitOverride().addCommand(importCommand(terminal));
      await program.parseAsync(['import', ...args], { from: 'user' });
      return said;
    },
    text: () => readFileSync(file, 'utf8'),
    settings: async () => {
      const start = await findStart({ config: file, overrides: {}, env: all, cwd });
      const reading = await start.read();
      if (!reading.ok) throw new Error(reading.problems.map(formatProblem).join('\n'));
      return reading.settings;
    },
  };
}

/** The settings that the import of some fixtures comes to, as they would be served. */
export async function imported(
  source: string,
  paths: readonly string[],
  env: Record<string, string> = {},
): Promise<{ readonly settings: Settings; readonly said: Said; readonly text: string }> {
  const user = desk(env);
  const said = await user.run([source, ...paths.map(fixture)]);
  if (said.code !== 0) throw new Error(said.err);
  return { settings: await user.settings(), said, text: user.text() };
}

/** A secret of upstream `id`, in order. */
export function secretsOf({ upstreams }: Settings, id: string): readonly string[] {
  return (upstreams.find((upstream) => upstream.id === id)?.keys ?? []).map(({ secret }) => secret);
}
