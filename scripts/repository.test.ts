// Rules that every file of the repository keeps.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow, readJson } from './files.mjs';
import { root } from './ready.mjs';

/** Written by programs, downloaded, or data: not ours to shape. */
const exempt =
  /^(?:data|coverage|bench\/(?:build|results))\/|(?:^|\/)(?:fixtures|goldens)\/|\.gen(?:erated)?\./;

const paths: readonly string[] = filesBelow(root)
  .map((path) => relative(root, path).replaceAll('\\', '/'))
  .filter((path) => !exempt.test(path));

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

test('the repository is seen', () => {
  expect(paths).toContain('server/src/main.ts');
  expect(paths.length).toBeGreaterThan(100);
});

test('no source file is longer than 400 lines', () => {
  const softLimit = 250;
  const hardLimit = 400;
  const lengths = paths
    .filter((path) => /\.(?:[cm]?[jt]sx?|css)$/.test(path) && !path.endsWith('/wire.ts'))
    .map((path) => ({ path, lines: read(path).split('\n').length - 1 }));
  for (const { path, lines } of lengths) {
    if (lines > softLimit)
      console.log(`${path} has ${lines} lines; ${softLimit} is the length to stay below.`);
  }
  expect(lengths.filter(({ lines }) => lines > hardLimit)).toEqual([]);
});

test('no file or folder has a name that says nothing', () => {
  const empty = /(?:^|[-._/])(?:utils?|helpers?|common|managers?|services?|handlers?|misc)(?:[-._/]|$)/i;
  // Names that others gave: what Kubernetes calls a Service, and a command that people look for under this name.
  const given =
    /^(?:server\/src\/cli\/commands\/service(?:-[a-z]+)*(?:\.test)?\.ts|deploy\/helm\/.*\/service\.yaml)$/;
  expect(paths.filter((path) => empty.test(path) && !given.test(path))).toEqual([]);
});

test('files and folders of the sources are named in kebab-case, with dots between the parts of a pair', () => {
  const sources = paths.filter((path) =>
    /^(?:server|dashboard|e2e|scripts)\/.*\.(?:[cm]?[jt]sx?|css)$/.test(path),
  );
  const kebab = /^[a-z0-9]+(?:[-.][a-z0-9]+)*$/;
  expect(sources.filter((path) => !path.split('/').every((part) => kebab.test(part)))).toEqual([]);
});

test('the lock file names no registry', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved": "[a-z+]+:/);
});

test('the lock file has an entry for every optional native package, so that it installs on every platform', () => {
  const packages: Record<string, { optionalDependencies?: Record<string, string> }> = readJson(
    join(root, 'package-lock.json'),
  ).packages;
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {}).filter(
      (name) =>
        !name.includes('wasm') &&
        packages[`${path}/node_modules/${name}`] === undefined &&
        packages[`node_modules/${name}`] === undefined,
    ),
  );
  expect(missing).toEqual([]);
});

/** Every package that `names` lead to, each as its folder, found the way Node.js finds it. */
function installedFor(names: readonly string[], from: string, found: Set<string>): Set<string> {
  for (const name of names) {
    let place = from;
    while (!existsSync(join(place, 'node_modules', name)) && place !== dirname(place)) place = dirname(place);
    const folder = join(place, 'node_modules', name);
    if (found.has(folder) || !existsSync(folder)) continue;
    found.add(folder);
    const { dependencies, optionalDependencies } = readJson(join(folder, 'package.json'));
    installedFor(Object.keys({ ...dependencies, ...optionalDependencies }), folder, found);
  }
  return found;
}

test('no package that the server runs on needs an install script or a compiler', () => {
  const { dependencies } = readJson(join(root, 'server/package.json'));
  const folders = installedFor(Object.keys(dependencies), join(root, 'server'), new Set());
  expect(folders.size).toBeGreaterThanOrEqual(Object.keys(dependencies).length);
  const needy = [...folders].filter((folder) => {
    const scripts = readJson(join(folder, 'package.json')).scripts ?? {};
    const installs = ['preinstall', 'install', 'postinstall'].some((name) => name in scripts);
    return installs || existsSync(join(folder, 'binding.gyp'));
  });
  expect(needy).toEqual([]);
});

test('every link between the pages leads to a file', () => {
  const broken = paths
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) => {
      const prose = read(path)
        .replace(/^(`{3,})[\s\S]*?^\1/gm, '')
        .replace(/`[^`\n]*`/g, '');
      const targets = [...prose.matchAll(/\]\((?!#|[a-z]+:)<?([^)\s#>]+)/g)].map((match) => match[1] ?? '');
      return targets
        .filter((target) => !existsSync(join(root, dirname(path), decodeURIComponent(target))))
        .map((target) => `${path} → ${target}`);
    });
  expect(broken).toEqual([]);
});
