// The whole way to readiness in a small checkout, with a runner that records commands and writes what they would.

import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeReady } from './ready.mjs';

let folder = '';
let commands: string[] = [];
let said: string[] = [];
let failing = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-ready-'));
  commands = [];
  said = [];
  failing = '';
  write('package-lock.json', '{"packages":{"node_modules/zod":{"version":"4.0.0"}}}');
  write('server/src/main.ts', 'export {};');
  write('dashboard/index.html', '<p>');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function commandOf(parameters: readonly string[]): string {
  if (parameters.includes('ci')) return parameters.includes('--workspace') ? 'install start' : 'install all';
  if (parameters.includes('rebuild')) return 'link command';
  if (parameters.includes('build')) return 'build dashboard';
  return parameters.includes('--force') ? 'rebuild server' : 'build server';
}

const workshop = () => ({
  root: folder,
  nodeVersion: '22.0.0',
  say: (line: string) => void said.push(line),
  run: async (_command: string, parameters: readonly string[]) => {
    const command = commandOf(parameters);
    commands.push(command);
    if (command === failing) return { code: 3, output: 'it broke', durationMs: 1 };
    if (command.startsWith('install')) rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
    if (command === 'build dashboard') write('server/dist/dashboard/index.html', '<p>');
    if (command.endsWith('server')) write('server/dist/main.js', '');
    if (command === 'link command') {
      write(`node_modules/.bin/sluice${process.platform === 'win32' ? '.cmd' : ''}`, '');
      chmodSync(join(folder, 'server/dist/main.js'), 0o755);
    }
    return { code: 0, output: '', durationMs: 1 };
  },
});

async function commandsOf(scope: 'start' | 'all'): Promise<readonly string[]> {
  commands = [];
  expect(await makeReady(scope, workshop())).toBeUndefined();
  return commands;
}

test('the first start installs and builds, and the second starts no process at all', async () => {
  expect(await commandsOf('start')).toEqual([
    'install start',
    'rebuild server',
    'build dashboard',
    'link command',
  ]);
  expect(await commandsOf('start')).toEqual([]);
  expect(said).toHaveLength(2);
});

test('a test run after a start installs the rest, and a start after a test run installs nothing', async () => {
  await commandsOf('start');
  expect(await commandsOf('all')).toContain('install all');
  expect(await commandsOf('start')).toEqual([]);
});

test('an edit builds only the part it belongs to, and an edited test builds nothing', async () => {
  await commandsOf('start');
  write('server/src/main.ts', 'export const edited = true;');
  expect(await commandsOf('start')).toEqual(['build server']);
  write('dashboard/src/page.tsx', 'export {};');
  expect(await commandsOf('start')).toEqual(['build dashboard']);
  write('server/src/main.test.ts', 'export {};');
  expect(await commandsOf('start')).toEqual([]);
});

test('a deleted output is built again from the start', async () => {
  await commandsOf('start');
  rmSync(join(folder, 'server/dist/main.js'));
  // What the compiler writes anew nobody may execute, so "npx sluice" would not be permitted.
  expect(await commandsOf('start')).toEqual(['rebuild server', 'link command']);
  expect(await commandsOf('start')).toEqual([]);
});

test('where npm cannot link the command, that is said, and the gateway starts all the same', async () => {
  failing = 'link command';
  expect(await makeReady('start', workshop())).toBeUndefined();
  expect(said.join('\n')).toContain('node server/dist/main.js');
});

test('the output of a deleted source is removed, and the dashboard is left alone', async () => {
  write('server/dist/gone.js', '');
  write('server/dist/gone.d.ts.map', '');
  write('server/dist/dashboard/assets/page.js', '');
  await commandsOf('start');
  expect(existsSync(join(folder, 'server/dist/gone.js'))).toBe(false);
  expect(existsSync(join(folder, 'server/dist/gone.d.ts.map'))).toBe(false);
  expect(existsSync(join(folder, 'server/dist/main.js'))).toBe(true);
  expect(existsSync(join(folder, 'server/dist/dashboard/assets/page.js'))).toBe(true);
});

test('a failed build gives its output and an exit code, and is tried again the next time', async () => {
  failing = 'rebuild server';
  expect(await makeReady('start', workshop())).toBe(1);
  expect(said.join('\n')).toContain('it broke');
  failing = '';
  expect(await commandsOf('start')).toEqual(['rebuild server', 'link command']);
});

test('a failed installation stops before any build', async () => {
  failing = 'install start';
  expect(await makeReady('start', workshop())).toBe(3);
  expect(commands).toEqual(['install start']);
});

test('an old Node.js is told so before anything runs', async () => {
  expect(await makeReady('start', { ...workshop(), nodeVersion: '18.0.0' })).toBe(1);
  expect(commands).toEqual([]);
});
