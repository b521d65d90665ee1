// Tests that need something large from outside (a browser, a command-line client) say loudly when it is missing, and
// fail where it must not be: in CI.

/** True where everything has to be there. */
export const inCi: boolean = process.env['CI'] === 'true';

/** Says what is skipped and how to get it; in CI it is an error, unless CI need not have it. */
export function skipLoudly(what: string, remedy: string, required = true): void {
  if (inCi && required) throw new Error(`${what} CI has to have it. ${remedy}`);
  process.stderr.write(`\n*** SKIPPED: ${what} ${remedy}\n\n`);
}
