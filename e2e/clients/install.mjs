// Installs the command-line clients of the tests into node_modules/.cache, outside of the workspace: they are large, and
// most people never need them. Run: node e2e/clients/install.mjs

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Versions that the tests were written against. */
export const CLIENTS = {
  'claude-code': { package: '@anthropic-ai/claude-code', version: '2.1.329', program: 'cli-wrapper.cjs' },
  codex: { package: '@openai/codex', version: '0.169.0', program: 'bin/codex.js' },
};

/** Where they are kept. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/sluice-clients/', import.meta.url));

/** Each client has a folder of its own, so that two may be installed at the same time. */
const folderOf = (name) => join(CACHE, name);

/** Path of the program of a client, to be run with Node; undefined when this version of it is not installed. */
export function programOf(name) {
  const client = CLIENTS[name];
  const folder = join(folderOf(name), 'node_modules', client.package);
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest) || JSON.parse(readFileSync(manifest, 'utf8')).version !== client.version)
    return undefined;
  return join(folder, client.program);
}

/** Installs a client if it is missing. Rejects with npm's words when that fails. */
export async function installClient(name) {
  if (programOf(name) !== undefined) return;
  const { package: packageName, version } = CLIENTS[name];
  // Made aside and moved into place, because two test files may need the same client at the same time.
  const aside = join(CACHE, `${name}.${process.pid}`);
  mkdirSync(aside, { recursive: true });
  try {
    await npm(aside, `${packageName}@${version}`);
    if (programOf(name) !== undefined) return;
    rmSync(folderOf(name), { recursive: true, force: true });
    renameSync(aside, folderOf(name));
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** The program itself is a package for each platform, so no install script has to run. */
async function npm(folder, specifier) {
  const flags = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
  // The settings of a npm that runs these tests are not meant for this one, except how to reach the registry.
  const isForeign = (variable) => /^npm_/i.test(variable) && !/proxy|registry|cafile/i.test(variable);
  const env = Object.fromEntries(Object.entries(process.env).filter(([variable]) => !isForeign(variable)));
  const child = spawn('npm', ['install', ...flags, specifier], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`npm could not install ${specifier}:\n${said}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of Object.keys(CLIENTS)) await installClient(name);
}
