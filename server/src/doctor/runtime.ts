// The Node.js that runs Sluice: old enough to be a danger, or not able to run it at all; and its idea of the time zone.

import { type Finding, finderOf } from './finding.ts';

/** The oldest version that runs Sluice. */
const OLDEST = [20, 19] as const;
/** The newest major version whose maintenance has ended. https://github.com/nodejs/release#end-of-life-releases */
const ENDED_WITH = 20;
/**
 * The first release of a line that cannot be stopped by one header (CVE-2026-21710), and in whose HTTP agent an answer
 * cannot be mistaken for another one (CVE-2026-48931). https://nodejs.org/en/blog/vulnerability/june-2026-security-releases
 */
const SAFE_FROM: ReadonlyMap<number, readonly [minor: number, patch: number]> = new Map([
  [22, [23, 0]],
  [24, [17, 0]],
]);

/** About a version as process.version tells it: "v24.18.1". */
export function nodeFinding(version: string): Finding {
  const { ok, warning, problem } = finderOf('node');
  const [major = 0, minor = 0, patch = 0] = version.replace(/^v/, '').split('.').map(Number);
  const advice =
    'Install a supported version of Node.js from https://nodejs.org: the newest of line 24 or 22.';
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    return problem(`Node.js ${version} is too old: Sluice needs ${OLDEST.join('.')} or later.`, advice);
  // Versions with odd numbers are never maintained for long.
  if (major <= ENDED_WITH || (major % 2 === 1 && major < 26))
    return warning(`Node.js ${version} gets no more security fixes: its line has ended.`, advice);
  const [safeMinor, safePatch] = SAFE_FROM.get(major) ?? [0, 0];
  if (minor < safeMinor || (minor === safeMinor && patch < safePatch))
    return warning(
      `Node.js ${version} lacks security fixes that concern a gateway; ${major}.${safeMinor}.${safePatch} has them.`,
      advice,
    );
  return ok(`Node.js ${version}.`);
}

/** About TZ: `resolved` is the time zone that Node.js goes by. undefined: there is nothing to say. */
export function timeZoneFinding(asked: string | undefined, resolved: string): Finding | undefined {
  const { warning } = finderOf('clock');
  const name = (asked ?? '').replace(/^:/, '');
  const meansUtc = /^(?:UTC|GMT|Zulu|UCT|Universal|Greenwich|Etc\/.+|UTC0|GMT0)$/i.test(name);
  if (name === '' || meansUtc || resolved.toUpperCase() !== 'UTC') return undefined;
  return warning(
    `TZ names a time zone that is not known here, so days begin at midnight UTC: in totals, logs, and budgets that name no zone.`,
    'Set TZ to a name such as Europe/Berlin, or leave it unset.',
  );
}
