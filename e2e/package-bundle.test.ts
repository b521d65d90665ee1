// The bundle: one archive that is unpacked and runs, with nothing but Node.js on the machine.

import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { askIn } from './kit/four-formats.ts';
import { isolated, startGateway } from './kit/gateway.ts';
import { type Ended, ownEnvironment, run } from './kit/program.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LIMIT_MS = 180_000;

let place: string;
let unpacked: string;
let listed: PackageList;

/** The part of a CycloneDX document that is looked at. */
interface PackageList {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string; readonly purl: string } };
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly hashes?: object[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

async function output(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, { cwd, env: ownEnvironment() }, LIMIT_MS);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'sluice bundle '));
  await output(
    process.execPath,
    [join(ROOT, 'scripts/bundle.mjs'), '--no-build', '--out', join(place, 'out')],
    ROOT,
  );
  const [archive = ''] = (await readdir(join(place, 'out'))).filter((name) => name.endsWith('.tar.gz'));
  await mkdir(join(place, 'elsewhere'));
  await output('tar', ['-xzf', join(place, 'out', archive)], join(place, 'elsewhere'));
  unpacked = join(place, 'elsewhere', archive.replace('.tar.gz', ''));
  const bytes = (await stat(join(place, 'out', archive))).size;
  process.stderr.write(`${archive}: ${(bytes / 1e6).toFixed(1)} MB\n`);
  listed = JSON.parse(await readFile(join(place, 'out', archive.replace('.tar.gz', '.cdx.json')), 'utf8'));
  // What was packed from is gone: whatever runs now runs from the archive.
  await rm(join(place, 'out'), { recursive: true });
  return () => rm(place, { recursive: true, force: true });
}, 2 * LIMIT_MS);

/** Runs the launcher with nothing of this checkout in its environment. */
function sluice(launcher: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const bare = isolated(place);
  return run(launcher, args, { cwd: bare.cwd, env: { ...bare.env, ...env } }, 30_000);
}

test('16.4 the bundle says its version, called by its path, through a link, and from a folder with a space', async () => {
  const { version }: { version: string } = JSON.parse(
    await readFile(join(ROOT, 'server', 'package.json'), 'utf8'),
  );
  await mkdir(join(place, 'bin'));
  await symlink(join(unpacked, 'sluice'), join(place, 'bin', 'far'));
  await symlink('far', join(place, 'bin', 'near'));
  for (const launcher of [join(unpacked, 'sluice'), join(place, 'bin', 'near')]) {
    const { code, stdout } = await sluice(launcher, ['--version']);
    expect([code, stdout.trim()]).toEqual([0, version]);
  }
});

test('16.4 the bundle serves: health, a streamed answer, and the dashboard', async () => {
  const gateway = await startGateway({ command: [join(unpacked, 'sluice')] });
  try {
    expect((await fetch(`${gateway.origin}/health`)).status).toBe(200);
    const question = { model: 'sluice-demo', prompt: 'Hello!', streamed: true };
    const told = await askIn('openai-chat', gateway.origin, question);
    expect([told.status, (await told.read()).text.length > 0]).toEqual([200, true]);
    const page = await fetch(`${gateway.origin}/`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<title>Sluice</title>');
    expect((await fetch(`${gateway.origin}/metrics`)).status).toBe(401);
  } finally {
    await gateway.stop();
  }
});

test('the launcher says what it needs where there is no Node.js', async () => {
  const { code, stderr } = await sluice(join(unpacked, 'sluice'), ['--version'], {
    SLUICE_NODE: 'no-such-node',
  });
  expect(code).toBe(127);
  expect(stderr).toContain('Sluice needs Node.js 20.19 or later');
});

test('16.9 the launcher for Windows is a batch file that finds the program beside itself', async () => {
  const text = await readFile(join(unpacked, 'sluice.cmd'), 'utf8');
  expect(text).toContain('node "%~dp0server\\dist\\main.js" %*\r\n');
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
});

test('16.4 the bundle holds nothing of the workshop, no link, no machine code and no path of this machine', async () => {
  expect((await readdir(unpacked)).sort()).toEqual([
    'LICENSE',
    'README.md',
    'node_modules',
    'server',
    'sluice',
    'sluice.cmd',
  ]);
  for (const name of [
    'vitest',
    'typescript',
    'vite',
    'react',
    'openai',
    'sluice',
    '@sluice',
    '.bin',
    '@biomejs',
  ])
    expect(await readdir(join(unpacked, 'node_modules'))).not.toContain(name);
  const entries = await readdir(unpacked, { recursive: true, withFileTypes: true });
  expect(entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name)).toEqual([]);
  expect(entries.map(({ name }) => name).filter((name) => /\.(?:node|so|dylib|dll|exe)$/.test(name))).toEqual(
    [],
  );
  const own = entries.filter(
    (entry) => entry.isFile() && entry.parentPath.startsWith(join(unpacked, 'server', 'dist')),
  );
  expect(own.length).toBeGreaterThan(300);
  expect(
    own.filter(({ name }) => /\.map$|\.d\.ts$|\.tsbuildinfo$|\.test\./.test(name)).map(({ name }) => name),
  ).toEqual([]);
  for (const { parentPath, name } of own) {
    const text = await readFile(join(parentPath, name), 'latin1');
    if (text.includes(ROOT.slice(0, -1)) || text.includes(`${tmpdir()}/sluice`))
      throw new Error(`${name} names a path of this machine.`);
  }
});

test('P30 the list of packages beside it (SBOM) names exactly what is in it, each with its version and hash', async () => {
  const files = await readdir(unpacked, { recursive: true });
  const manifests = files.filter((path) => /node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/.test(path));
  const installed = await Promise.all(
    manifests.map(async (path) => {
      const { name, version }: { name: string; version: string } = JSON.parse(
        await readFile(join(unpacked, path), 'utf8'),
      );
      return `${name}@${version}`;
    }),
  );
  const { components, metadata, dependencies, bomFormat } = listed;
  expect(components.map(({ name, version }) => `${name}@${version}`).sort()).toEqual(
    [...new Set(installed)].sort(),
  );
  expect(components.filter(({ hashes }) => hashes === undefined || hashes.length === 0)).toEqual([]);
  expect([bomFormat, metadata.component.name]).toEqual(['CycloneDX', 'sluice']);
  const own = dependencies.find(({ ref }) => metadata.component.purl.endsWith(`/${ref}`));
  const refs = components.map(({ name, version }) => `${name}@${version}`);
  expect(own?.dependsOn.length).toBeGreaterThan(20);
  for (const ref of own?.dependsOn ?? []) expect(refs).toContain(ref);
  expect(JSON.stringify(listed)).not.toContain(tmpdir());
});
