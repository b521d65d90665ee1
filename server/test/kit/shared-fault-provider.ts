// The shared faulty provider, an outside judge: starts it, lists its faults, and says which endings each allows.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { ask, type Received } from './client.ts';
import { sharedPath } from './shared-data.ts';
import type { Understood } from './wire.ts';

/** Where it is; undefined where the shared tools are absent. */
export const sharedFaultTool: string | undefined = sharedPath('reliability/tools/fault-upstream.mjs');

/** Slower by design than the times of tests. */
const UNFIT = new Set(['drip', 'endless', 'endless-line', 'slow-headers']);
/** Parameters that keep a fault small or short. */
const SMALLER: Readonly<Record<string, string>> = {
  'gzip-bomb': ',size=300000000',
  'endless-json': ',size=80000000',
  'big-json': ',size=2000000',
  'big-event': ',size=2000000',
  'slow-ok': ',ms=200',
};

/** One of its faults. */
export interface SharedFault {
  readonly name: string;
  /** S: streams only, J: JSON only, *: both. */
  readonly to: string;
  /** What may be seen: ok, err, inband, either. */
  readonly expected: string;
}

/** Its faults, except those that are too slow. */
export function sharedFaults(path: string): SharedFault[] {
  return execFileSync(process.execPath, [path, '--list'], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const [, name, to, expected] = /^(\S+)\s+([*SJ])\s+(\S+)\s+\S+\s/.exec(line) ?? [];
      return name === undefined || to === undefined || expected === undefined || UNFIT.has(name)
        ? []
        : [{ name, to, expected }];
    });
}

/** The model name that asks for a fault. */
export function faultModel({ name }: SharedFault): string {
  return `fault:${name}${SMALLER[name] ?? ''}`;
}

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  ok: ['ok'],
  err: ['err'],
  inband: ['inband', 'err'],
  either: ['ok', 'err', 'inband', 'odd'],
};

/** What is wrong with an answer to a fault; undefined: nothing. `expected`: that of the fault unless told otherwise. */
export function wrongEnding(
  fault: SharedFault,
  answer: Received,
  seen: Understood,
  expected: string = fault.expected,
): string | undefined {
  let got = 'odd';
  if (answer.end === 'cut') got = 'CUT';
  else if (answer.status >= 400) got = seen.error === undefined ? 'UNSHAPED' : 'err';
  else if (seen.error !== undefined) got = 'inband';
  else if (seen.complete) got = 'ok';
  if (ALLOWED[expected]?.includes(got) === true) return undefined;
  return `${fault.name}: expected ${expected}, got ${got} with ${answer.status} after ${Math.round(answer.tookMs)} ms: ${answer.text().slice(-200)}`;
}

const TRIES = 10;

/** Starts the tool on a port that is free together with the five neighbours that it takes: none that the system hands out by itself. */
export async function startSharedFaults(path: string): Promise<{ child: ChildProcess; port: number }> {
  for (let tries = 1; tries <= TRIES; tries++) {
    const port = 20_000 + 10 * Math.floor(Math.random() * 1_000);
    const child = spawn(process.execPath, [path, '--port', String(port)], { stdio: 'ignore' });
    let ended = false;
    child.on('exit', () => {
      ended = true;
    });
    while (!ended) {
      const answer = await ask(port, { path: '/__ctl/requests' });
      if (answer.status !== 0 && !ended) {
        // It takes a while to make its bomb, and answers nobody meanwhile: better now than beside other requests.
        const bomb = faultModel({ name: 'gzip-bomb', to: 'J', expected: 'err' });
        await ask(port, { path: '/v1/chat/completions', body: JSON.stringify({ model: bomb }) });
        return { child, port };
      }
    }
  }
  throw new Error(`The shared fault provider did not start in ${TRIES} tries.`);
}
