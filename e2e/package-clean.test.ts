// The tarball that npm would publish, judged by tools that others wrote and by what must not be in it.

import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { type Ended, ownEnvironment, run } from './kit/program.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SERVER = join(ROOT, 'server');
const LIMIT_MS = 90_000;
/** Twice of what it is; whoever doubles the download should know it. */
const MOST_BYTES = 6_000_000;

let folder: string;
let tarball: string;
let unpacked: string;
let paths: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-clean-'));
  const packed = await call(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    SERVER,
  );
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  tarball = join(folder, filename);
  await call('tar', ['-xzf', tarball], folder);
  unpacked = join(folder, 'package');
  const entries = await readdir(unpacked, { recursive: true, withFileTypes: true });
  paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return () => rm(folder, { recursive: true, force: true });
}, LIMIT_MS);

async function call(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  const ended = await run(command, args, { cwd, env: { ...ownEnvironment(), NO_COLOR: '1' } }, LIMIT_MS);
  if (ended.code !== 0)
    throw new Error(`${command} ended with ${ended.code}:\n${ended.stdout}${ended.stderr}`);
  return ended;
}

/** The tools of this workspace come first. */
const tools = {
  encoding: 'utf8',
  env: {
    ...ownEnvironment(),
    NO_COLOR: '1',
    PATH: [join(ROOT, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
  },
} as const;

test('16.4 publint finds nothing to say about the tarball, not even a suggestion', () => {
  const { status, stdout, stderr } = spawnSync('publint', [tarball, '--strict'], { ...tools, cwd: folder });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('All good!');
});

test('16.4 attw finds nothing wrong with the one thing that can be imported, which is package.json', () => {
  // The package is a program: it has no entry point whose types could be wrong, and attw says so if one is added.
  const { status, stdout } = spawnSync('attw', [tarball, '--format', 'json'], { ...tools, cwd: folder });
  expect(status).toBe(0);
  const { analysis }: { analysis: { entrypoints: object; problems: object[] } } = JSON.parse(stdout);
  expect([Object.keys(analysis.entrypoints), analysis.problems]).toEqual([['./package.json'], []]);
});

test('16.4 the tarball is as small as it was, and says how small', async () => {
  const { size } = await stat(tarball);
  process.stderr.write(`${(size / 1e6).toFixed(2)} MB packed, ${paths.length} files\n`);
  expect(size).toBeLessThan(MOST_BYTES);
});

test('16.4 no source, no test, no map and no record of the compiler is in it', () => {
  const names = paths.map((path) => path.slice(unpacked.length));
  expect(names.length).toBeGreaterThan(500);
  expect(
    names.filter((name) => /(?<!\.d)\.tsx?$|\.test\.|\.map$|\.tsbuildinfo$|\/test\//.test(name)),
  ).toEqual([]);
});

test('16.4 no file names a path of the machine that it was built on', async () => {
  const home = homedir();
  const places = [ROOT.slice(0, -1), ...(home.split('/').length > 2 ? [`${home}/`] : [])];
  for (const path of paths) {
    const text = await readFile(path, 'latin1');
    for (const place of places) if (text.includes(place)) throw new Error(`${path} names ${place}.`);
  }
});

test('P30 every dependency is wanted in exactly one version, and nothing runs when it is installed', async () => {
  const manifest: { dependencies: Record<string, string>; scripts?: Record<string, string> } = JSON.parse(
    await readFile(join(unpacked, 'package.json'), 'utf8'),
  );
  for (const [name, wanted] of Object.entries(manifest.dependencies))
    expect([name, wanted]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/)]);
  expect(Object.keys(manifest.scripts ?? {})).toEqual([]);
});

test('16.8 says from which Node.js on it runs, and that is the one that the workspace is tested with', async () => {
  const engines = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8')).engines;
  const own = await engines(join(unpacked, 'package.json'));
  expect(own).toEqual({ node: '>=20.19' });
  expect(own).toEqual(await engines(join(ROOT, 'package.json')));
});
