// `npm run bundle`: one folder, and one archive of it, with everything that a gateway needs besides Node.js: the built
// server and dashboard, the packages they run on (nothing of it made for one kind of machine), and a launcher. Beside it
// the list of those packages in the format of CycloneDX (SBOM).
// Options: --out <folder> (default: dist), --no-build (pack what is built already).

import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readJson } from './files.mjs';
import { makeReady, root } from './ready.mjs';
import { run } from './run.mjs';

const SHELL = `#!/bin/sh
# Starts Sluice with the Node.js of this machine, from wherever it is called. SLUICE_NODE names another Node.js.
self=$0
while [ -h "$self" ]; do
  target=$(readlink "$self")
  case $target in
    /*) self=$target ;;
    *) self=$(dirname "$self")/$target ;;
  esac
done
here=$(cd "$(dirname "$self")" && pwd -P)
node=\${SLUICE_NODE:-node}
if ! command -v "$node" >/dev/null 2>&1; then
  echo "Sluice needs Node.js 20.19 or later, and there is no \\"$node\\" here: https://nodejs.org" >&2
  exit 127
fi
exec "$node" "$here/server/dist/main.js" "$@"
`;

const COMMAND = `@echo off\r
rem Starts Sluice with the Node.js of this machine.\r
where node >nul 2>nul\r
if errorlevel 1 (\r
  echo Sluice needs Node.js 20.19 or later, and there is none here: https://nodejs.org 1>&2\r
  exit /b 127\r
)\r
node "%~dp0server\\dist\\main.js" %*\r
`;

/** What the workspace has to show npm before it installs for one of its members. */
const MANIFESTS = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  'server/package.json',
  'dashboard/package.json',
  'e2e/package.json',
];

const manifest = readJson(join(root, 'server/package.json'));

/**
 * Runs a program to its end and answers what it printed; leaves with its exit code when it fails.
 * @param {string} command
 * @param {readonly string[]} parameters
 * @param {string} cwd
 */
async function must(command, parameters, cwd) {
  const { code, output } = await run(command, parameters, { cwd, show: false });
  if (code === 0) return output;
  console.error(`"${[command, ...parameters].join(' ')}" ended with ${code}:\n${output}`);
  process.exit(code);
}

/** Installs the packages that the server runs on into a folder. @param {string} folder */
async function installPackages(folder) {
  for (const path of MANIFESTS) cpSync(join(root, path), join(folder, path));
  const parameters = [
    'ci',
    '--omit=dev',
    '--workspace',
    'server',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
  ];
  await must('npm', parameters, folder);
  rmSync(join(folder, 'node_modules/@sluice'), { recursive: true, force: true });
}

/**
 * The list of the installed packages. npm takes the workspace for what is listed, and the server for one of its packages.
 * @param {string} folder
 */
async function listPackages(folder) {
  // Members of the workspace and packages that are not installed would be missed. A list has to say of which version.
  const { version, dependencies } = manifest;
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'all', version, workspaces: ['server'] }),
  );
  writeFileSync(
    join(folder, 'server/package.json'),
    JSON.stringify({ name: manifest.name, version, dependencies }),
  );
  const kind = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const text = await must('npm', ['sbom', ...kind, '--omit', 'dev', '--loglevel=error'], folder);
  const list = JSON.parse(text.slice(text.indexOf('{')));
  const ref = `${manifest.name}@${version}`;
  const { description, license } = manifest;
  const purl = `pkg:npm/${ref}`;
  list.metadata.component = {
    'bom-ref': ref,
    type: 'application',
    name: manifest.name,
    version,
    description,
    purl,
    licenses: [{ license: { id: license } }],
  };
  const isForeign = (/** @type {string} */ of) => of !== ref && of !== `all@${version}`;
  list.components = list.components.filter((/** @type {any} */ component) => isForeign(component['bom-ref']));
  list.dependencies = list.dependencies.filter(
    (/** @type {any} */ entry) => entry.ref === ref || isForeign(entry.ref),
  );
  return `${JSON.stringify(list, undefined, 2)}\n`;
}

/** Takes away what npm keeps for itself: links to the members of the workspace too. @param {string} packages */
function prune(packages) {
  for (const entry of readdirSync(packages, { withFileTypes: true }))
    if (entry.isSymbolicLink()) rmSync(join(packages, entry.name));
  for (const name of ['.package-lock.json', '.bin'])
    rmSync(join(packages, name), { recursive: true, force: true });
}

/** @param {string} from a folder with installed packages @param {string} folder */
function assemble(from, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'server'), { recursive: true });
  cpSync(join(from, 'node_modules'), join(folder, 'node_modules'), { recursive: true });
  prune(join(folder, 'node_modules'));
  // Packages that could not stay at the top because another version is there.
  const own = join(from, 'server/node_modules');
  if (existsSync(own)) cpSync(own, join(folder, 'server/node_modules'), { recursive: true });
  cpSync(join(root, 'server/package.json'), join(folder, 'server/package.json'));
  cpSync(join(root, 'server/schema'), join(folder, 'server/schema'), { recursive: true });
  // Maps and types are for those who develop.
  const isShipped = (/** @type {string} */ path) => !/\.map$|\.d\.ts$|\.tsbuildinfo$/.test(path);
  cpSync(join(root, 'server/dist'), join(folder, 'server/dist'), { recursive: true, filter: isShipped });
  for (const name of ['LICENSE', 'README.md']) cpSync(join(root, 'server', name), join(folder, name));
  writeFileSync(join(folder, 'sluice'), SHELL);
  chmodSync(join(folder, 'sluice'), 0o755);
  writeFileSync(join(folder, 'sluice.cmd'), COMMAND);
}

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'dist') },
    'no-build': { type: 'boolean', default: false },
  },
});
if (!values['no-build']) {
  const failure = await makeReady('start');
  if (failure !== undefined) process.exit(failure);
}
if (!existsSync(join(root, 'server/dist/dashboard/index.html'))) {
  console.error('Nothing is built yet: leave out --no-build.');
  process.exit(1);
}
const name = `sluice-${manifest.version}`;
const out = resolve(values.out);
const workshop = mkdtempSync(join(tmpdir(), 'sluice-bundle-'));
try {
  mkdirSync(out, { recursive: true });
  await installPackages(workshop);
  assemble(workshop, join(out, name));
  writeFileSync(join(out, `${name}.cdx.json`), await listPackages(workshop));
  await must('tar', ['-czf', `${name}.tar.gz`, name], out);
} finally {
  rmSync(workshop, { recursive: true, force: true });
}
const archive = join(out, `${name}.tar.gz`);
console.log(
  `${join(out, name)}\n${archive} (${(statSync(archive).size / 1e6).toFixed(1)} MB)\n${join(out, `${name}.cdx.json`)}`,
);
