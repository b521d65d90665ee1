// Installs the command-line clients of the tests into node_modules/.cache, outside of the workspace: they are large, and
// most people never need them. Run: node e2e/clients/install.mjs [name …]

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/**
 * Versions that the tests were written against. `command` is made of the package's files and the words before them: the
 * running Node, a Node of its own (package `runtime`), or nothing where the file is a program itself.
 */
export const CLIENTS = {
  'claude-code': {
    package: '@anthropic-ai/claude-code',
    version: '2.1.329',
    program: 'cli-wrapper.cjs',
    runtime: 'own',
  },
  codex: { package: '@openai/codex', version: '0.169.0', program: 'bin/codex.js', runtime: 'own' },
  // Runs on Node 22 and newer only; the platform packages of "node" hold nothing but the program.
  'gemini-cli': {
    package: '@google/gemini-cli',
    version: '0.61.0',
    program: 'bundle/gemini.js',
    runtime: `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}@24.21.0`,
  },
  opencode: { package: `opencode-${platform}`, version: '1.18.33', program: 'bin/opencode', runtime: 'none' },
};

/** Where they are kept. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/sluice-clients/', import.meta.url));

/** Each client has a folder of its own, so that two may be installed at the same time. */
const folderOf = (name) => join(CACHE, name);

/** The words that start a client; undefined when this version of it is not installed. */
export function programOf(name) {
  const { package: packageName, version, program, runtime } = CLIENTS[name];
  const modules = join(folderOf(name), 'node_modules');
  const manifest = join(modules, packageName, 'package.json');
  if (!existsSync(manifest) || JSON.parse(readFileSync(manifest, 'utf8')).version !== version)
    return undefined;
  const file = join(modules, packageName, program);
  if (runtime === 'none') return [file];
  if (runtime === 'own') return [process.execPath, file];
  const node = join(modules, runtime.split('@')[0], 'bin', 'node');
  return existsSync(node) ? [node, file] : undefined;
}

/** Installs a client if it is missing. Rejects with npm's words when that fails. */
export async function installClient(name) {
  if (programOf(name) !== undefined) return;
  const { package: packageName, version, runtime } = CLIENTS[name];
  // Made aside and moved into place, because two test files may need the same client at the same time.
  const aside = join(CACHE, `${name}.${process.pid}`);
  mkdirSync(aside, { recursive: true });
  try {
    await npm(aside, [`${packageName}@${version}`, ...(runtime.includes('@') ? [runtime] : [])]);
    if (programOf(name) !== undefined) return;
    rmSync(folderOf(name), { recursive: true, force: true });
    renameSync(aside, folderOf(name));
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** The program itself is a package for each platform, so no install script has to run. */
async function npm(folder, specifiers) {
  const flags = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
  // The settings of a npm that runs these tests are not meant for this one, except how to reach the registry.
  const isForeign = (variable) => /^npm_/i.test(variable) && !/proxy|registry|cafile/i.test(variable);
  const env = Object.fromEntries(Object.entries(process.env).filter(([variable]) => !isForeign(variable)));
  const child = spawn('npm', ['install', ...flags, ...specifiers], {
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
  if (code !== 0) throw new Error(`npm could not install ${specifiers.join(' ')}:\n${said}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = process.argv.slice(2);
  for (const name of Object.keys(CLIENTS))
    if (asked.length === 0 || asked.includes(name)) await installClient(name);
}
