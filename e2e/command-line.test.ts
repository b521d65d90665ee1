// The program as a shell meets it: a reader that leaves early, as `head` does, and words that are no commands.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { isolated } from './kit/gateway.ts';

const MAIN = fileURLToPath(new URL('../server/dist/main.js', import.meta.url));

async function ending(
  args: readonly string[],
  read: (output: Readable) => void,
): Promise<{ readonly code: unknown; readonly words: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-command-line-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { cwd, env } = isolated(folder);
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words += chunk.toString();
  });
  read(child.stdout);
  const [code]: unknown[] = await once(child, 'close');
  return { code, words };
}

test('a command whose output is closed before it has written ends without an error', async () => {
  // Nobody reads from the first byte on.
  const { code, words } = await ending(['config', 'schema'], (output) => output.destroy());
  expect({ code, words }).toEqual({ code: 0, words: '' });
});

test('a word that is no command is called so, and is no parameter of "serve"', async () => {
  const { code, words } = await ending(['statsu'], (output) => output.resume());
  expect(code).toBe(1);
  expect(words).toContain('There is no command "statsu". Did you mean "sluice status"?');
});
