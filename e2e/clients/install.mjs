// Installs the command-line clients of the tests into node_modules/.cache, outside of the workspace: they are large, and
// most people never need them. Run: node e2e/clients/install.mjs

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Versions that the tests were written against. */
export const CLIENTS = {
  'claude-code': { package: '@anthropic-ai/claude-code', version: '2.1.329', program: 'cli-wrapper.cjs' },
  codex: { package: '@openai/codex', version: '0.169.0', program: 'bin/codex.js' },
};

/** Where they are kept. */
export const CACHE = fileURLToPath(new URL('../../node_modules/.cache/sluice-clients/', import.meta.url));

/** Each client has a folder of its own, so that two may be installed at the same time. */
const folderOf = (name) => join(CACHE, name);

/** Path of the program of a client, to be run with Node; undefined when this version of it is not installed. */
export function programOf(name) {
  const client = CLIENTS[name];
  const folder = join(folderOf(name), 'node_modules', client.package);
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest) || JSON.parse(readFileSync(manifest, 'utf8')).version !== client.version) return undefined;
  return join(folder, client.program);
}

/** Installs a client if it is missing. Throws with npm's words when that fails. */
export function installClient(name) {
  if (programOf(name) !== undefined) return;
  const folder = folderOf(name);
  mkdirSync(folder, { recursive: true });
  const { package: packageName, version } = CLIENTS[name];
  // The program itself is a package for each platform, so no install script has to run.
  const flags = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
  // The settings of a npm that runs these tests are not meant for this one, except how to reach the registry.
  const isForeign = (variable) => /^npm_/i.test(variable) && !/proxy|registry|cafile/i.test(variable);
  const env = Object.fromEntries(Object.entries(process.env).filter(([variable]) => !isForeign(variable)));
  const npm = spawnSync('npm', ['install', ...flags, `${packageName}@${version}`], { cwd: folder, env, encoding: 'utf8' });
  if (npm.status !== 0) throw new Error(`npm could not install ${packageName}@${version}:\n${npm.stdout}${npm.stderr}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) for (const name of Object.keys(CLIENTS)) installClient(name);
