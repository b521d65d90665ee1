// Decides what a checkout still needs before it can serve or be tested. Pure: files are read and commands are run in
// ready.mjs, so that every decision can be tested without either.

/** The oldest Node.js that the project runs on. */
export const oldestNode = '20.19.0';

/**
 * What is installed and built, as node_modules/.sluice-ready.json keeps it.
 * @typedef {{
 *   install?: { scope: Scope, lock: string, platform: string },
 *   server?: string,
 *   dashboard?: string,
 * }} Stamp
 *
 * `start`: what building and serving needs. `all`: what testing needs as well, so it satisfies `start`.
 * @typedef {'start' | 'all'} Scope
 *
 * The part of package-lock.json, and of node_modules/.package-lock.json, that is read here.
 * @typedef {{ version?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} Lock
 */

/**
 * Says what is wrong with the Node.js that runs this, or undefined when nothing is.
 * @param {string} version e.g. "20.19.0"
 * @returns {string | undefined}
 */
export function nodeProblem(version) {
  const found = version.split('.').map(Number);
  const needed = oldestNode.split('.').map(Number);
  for (const [place, least] of needed.entries()) {
    const part = found[place] ?? 0;
    if (part > least) return undefined;
    if (part < least)
      return `Sluice needs Node.js ${oldestNode} or later; this is ${version}. Install a newer one from https://nodejs.org and try again.`;
  }
  return undefined;
}

/**
 * What is to be done about packages: nothing, install them, or only record that somebody has installed them all by hand.
 * `isComplete` compares the lock file with npm's own record; it is asked only when the stamp does not settle the matter.
 * @param {{ scope: Scope, stamp: Stamp, lockHash: string, platform: string, isComplete: () => boolean }} facts
 * @returns {'nothing' | 'record' | 'install'}
 */
export function installDecision({ scope, stamp, lockHash, platform, isComplete }) {
  const last = stamp.install;
  if (last !== undefined && last.platform !== platform) return 'install';
  if (last?.lock === lockHash && (last.scope === scope || last.scope === 'all')) return 'nothing';
  return isComplete() ? 'record' : 'install';
}

/**
 * True when every package that the lock file demands is installed in that version. Optional ones depend on the machine
 * and are left out.
 * @param {Lock} lock
 * @param {Lock | undefined} installed undefined when nothing is installed
 * @returns {boolean}
 */
export function holdsEverything(lock, installed) {
  const present = installed?.packages ?? {};
  return Object.entries(lock.packages ?? {}).every(([path, wanted]) => {
    if (!path.includes('node_modules/') || wanted.link || wanted.optional || wanted.devOptional) return true;
    return present[path]?.version === wanted.version;
  });
}

/**
 * What npm is told. `--include=dev` because NODE_ENV=production would leave the compiler out.
 * @param {Scope} scope
 * @returns {string[]}
 */
export function installArguments(scope) {
  const quiet = ['--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  if (scope === 'all') return ['ci', ...quiet];
  return ['ci', '--workspace', 'server', '--workspace', 'dashboard', '--include-workspace-root', ...quiet];
}

/**
 * What is to be done about one build: nothing, an incremental build, or one from the start because its output is gone.
 * @param {{ built: string | undefined, fingerprint: string, outputExists: boolean }} facts
 * @returns {'nothing' | 'build' | 'rebuild'}
 */
export function buildDecision({ built, fingerprint, outputExists }) {
  if (!outputExists) return 'rebuild';
  return built === fingerprint ? 'nothing' : 'build';
}
