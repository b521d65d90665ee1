// Brings a checkout to the point where it can serve (`start`) or be tested (`all`): packages installed, server and
// dashboard built. Does nothing, and starts no process, when all of that is already so.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprintOf, pruneOutput, readJson } from './files.mjs';
import { commandIsLinked, linkArguments } from './link-command.mjs';
import {
  buildDecision,
  holdsEverything,
  installArguments,
  installDecision,
  nodeProblem,
} from './readiness.mjs';
import { run } from './run.mjs';

/** The root of the checkout, with a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Where and with what the work is done; tests put other things here.
 * @typedef {{ root: string, run: typeof run, say: (line: string) => void, nodeVersion: string }} Workshop
 * @type {Workshop}
 */
const here = { root, run, say: (line) => console.log(line), nodeVersion: process.versions.node };

const compilerInputs = ['tsconfig.base.json', 'package-lock.json'];

/** What is built, from which sources, and the file by which a finished build is known. */
const targets = /** @type {const} */ ({
  server: {
    folders: ['server/src'],
    singles: ['server/package.json', 'server/tsconfig.json', ...compilerInputs],
    output: 'server/dist/main.js',
  },
  dashboard: {
    folders: ['dashboard'],
    singles: ['server/src/admin/contract.ts', 'server/src/core/telemetry/token-meter.ts', ...compilerInputs],
    output: 'server/dist/dashboard/index.html',
  },
});

/**
 * Makes the checkout ready. Resolves with undefined, or with the exit code to leave with after saying what went wrong.
 * @param {import('./readiness.mjs').Scope} scope
 * @param {Workshop} [workshop]
 * @returns {Promise<number | undefined>}
 */
export async function makeReady(scope, workshop = here) {
  const problem = nodeProblem(workshop.nodeVersion);
  if (problem !== undefined) {
    workshop.say(problem);
    return 1;
  }
  return (await install(scope, workshop)) ?? (await build(workshop)) ?? (await linkCommand(workshop));
}

/**
 * Serving and testing go without the command, so where npm cannot link it, that is said and nothing else.
 * @param {Workshop} workshop
 * @returns {Promise<undefined>}
 */
async function linkCommand(workshop) {
  if (commandIsLinked(workshop.root)) return;
  const { code } = await runNpm(linkArguments, workshop, false);
  if (code !== 0)
    workshop.say('npm could not link the command: use "node server/dist/main.js" for "npx sluice".');
}

/** @param {Workshop} workshop */
function stampPath({ root: folder }) {
  return join(folder, 'node_modules/.sluice-ready.json');
}

/** @param {Workshop} workshop @returns {import('./readiness.mjs').Stamp} */
function readStamp(workshop) {
  return readJson(stampPath(workshop)) ?? {};
}

/** @param {Workshop} workshop @param {import('./readiness.mjs').Stamp} changes */
function writeStamp(workshop, changes) {
  mkdirSync(join(workshop.root, 'node_modules'), { recursive: true });
  writeFileSync(stampPath(workshop), `${JSON.stringify({ ...readStamp(workshop), ...changes })}\n`);
}

/**
 * @param {import('./readiness.mjs').Scope} scope
 * @param {Workshop} workshop
 * @returns {Promise<number | undefined>}
 */
async function install(scope, workshop) {
  const lockText = readFileSync(join(workshop.root, 'package-lock.json'), 'utf8');
  const lockHash = createHash('sha256').update(lockText).digest('hex');
  const platform = `${process.platform}-${process.arch}`;
  const isComplete = () =>
    holdsEverything(JSON.parse(lockText), readJson(join(workshop.root, 'node_modules/.package-lock.json')));
  const decision = installDecision({ scope, stamp: readStamp(workshop), lockHash, platform, isComplete });
  if (decision === 'record') writeStamp(workshop, { install: { scope: 'all', lock: lockHash, platform } });
  if (decision !== 'install') return undefined;
  workshop.say(scope === 'start' ? 'Installing what serving needs …' : 'Installing packages …');
  const { code } = await runNpm(installArguments(scope), workshop);
  if (code !== 0) {
    workshop.say(
      'npm could not install the packages; its message is above. Is the package registry reachable?',
    );
    return code;
  }
  writeStamp(workshop, { install: { scope, lock: lockHash, platform } });
  return undefined;
}

/** Uses the npm that started this script, if one did. @param {string[]} parameters @param {Workshop} workshop */
function runNpm(parameters, workshop, show = true) {
  const own = process.env['npm_execpath'];
  const options = { cwd: workshop.root, show };
  if (own !== undefined && basename(own).startsWith('npm-cli')) {
    return workshop.run(process.execPath, [own, ...parameters], options);
  }
  return workshop.run('npm', parameters, options);
}

/** @param {Workshop} workshop @returns {Promise<number | undefined>} */
async function build(workshop) {
  const stamp = readStamp(workshop);
  const plans = /** @type {const} */ (['server', 'dashboard']).map((name) => {
    const { folders, singles, output } = targets[name];
    // Taken before the build, so that an edit made while it runs is built the next time.
    const fingerprint = fingerprintOf(workshop.root, folders, singles);
    const outputExists = existsSync(join(workshop.root, output));
    return { name, fingerprint, decision: buildDecision({ built: stamp[name], fingerprint, outputExists }) };
  });
  const due = plans.filter((plan) => plan.decision !== 'nothing');
  if (due.length === 0) return undefined;

  workshop.say(`Building the ${due.map((plan) => plan.name).join(' and the ')} …`);
  const endings = await Promise.all(due.map(({ name, decision }) => builders[name](decision, workshop)));
  for (const [place, { name, fingerprint }] of due.entries()) {
    const ending = endings[place];
    if (ending?.code === 0) writeStamp(workshop, { [name]: fingerprint });
    else workshop.say(`The ${name} could not be built:\n${ending?.output ?? ''}`);
  }
  return endings.every((ending) => ending.code === 0) ? undefined : 1;
}

const builders = {
  /** @param {'nothing' | 'build' | 'rebuild'} decision @param {Workshop} workshop */
  async server(decision, workshop) {
    const folder = join(workshop.root, 'server');
    const tool = join(workshop.root, 'node_modules/typescript/bin/tsc');
    // The compiler trusts its own record and would not write an output again that somebody has deleted.
    const parameters = [tool, '-b', 'server', ...(decision === 'rebuild' ? ['--force'] : [])];
    const ending = await workshop.run(process.execPath, parameters, { cwd: workshop.root, show: false });
    if (ending.code === 0) pruneOutput(join(folder, 'src'), join(folder, 'dist'), 'dashboard');
    return ending;
  },
  /** @param {string} _decision @param {Workshop} workshop */
  dashboard(_decision, workshop) {
    const tool = join(workshop.root, 'node_modules/vite/bin/vite.js');
    return workshop.run(process.execPath, [tool, 'build', 'dashboard'], { cwd: workshop.root, show: false });
  },
};
