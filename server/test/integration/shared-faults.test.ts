// An outside judge: the shared faulty provider, with every fault that it has, in all four formats. Runs where the shared
// tools are present.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { ask, until } from '../kit/client.ts';
import { type Gateway, startGateway } from '../kit/gateway.ts';
import { sharedPath } from '../kit/shared-data.ts';
import { wires } from '../kit/wire.ts';

const tool = sharedPath('reliability/tools/fault-upstream.mjs');

/** Slower by design than the times below. */
const UNFIT = new Set(['drip', 'endless', 'endless-line', 'slow-headers']);
/** Parameters that keep a fault small. */
const SMALLER: Readonly<Record<string, string>> = {
  'gzip-bomb': ',size=300000000',
  'endless-json': ',size=80000000',
  'big-json': ',size=2000000',
  'big-event': ',size=2000000',
};

interface SharedFault {
  readonly name: string;
  readonly to: string;
  /** What may be seen: ok, err, inband, either. */
  readonly expected: string;
}

function listed(path: string): SharedFault[] {
  return execFileSync(process.execPath, [path, '--list'], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const [, name, to, expected] = /^(\S+)\s+([*SJ])\s+(\S+)\s+\S+\s/.exec(line) ?? [];
      return name === undefined || to === undefined || expected === undefined || UNFIT.has(name)
        ? []
        : [{ name, to, expected }];
    });
}

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  ok: ['ok'],
  err: ['err'],
  inband: ['inband', 'err'],
  either: ['ok', 'err', 'inband', 'odd'],
};

const TRIES = 10;

/** Starts the tool on a port that is free together with the five neighbours that it takes: none that the system hands out by itself. */
async function startTool(path: string): Promise<{ child: ChildProcess; port: number }> {
  for (let tries = 1; tries <= TRIES; tries++) {
    const port = 20_000 + 10 * Math.floor(Math.random() * 1_000);
    const child = spawn(process.execPath, [path, '--port', String(port)], { stdio: 'ignore' });
    let ended = false;
    child.on('exit', () => {
      ended = true;
    });
    while (!ended) {
      const answer = await ask(port, { path: '/__ctl/requests' });
      if (answer.status !== 0 && !ended) return { child, port };
    }
  }
  throw new Error(`The shared fault provider did not start in ${TRIES} tries.`);
}

describe.skipIf(tool === undefined)('the shared faults (skipped where the shared tools are absent)', () => {
  let gateway: Gateway;
  let child: ChildProcess | undefined;
  let faults: SharedFault[] = [];

  beforeAll(async () => {
    faults = listed(tool ?? '');
    const started = await startTool(tool ?? '');
    child = started.child;
    const { port } = started;
    const timeouts = { headersMs: 2_500, answerMs: 2_500, firstOutputMs: 2_500, idleMs: 2_500 };
    gateway = await startGateway({ upstreams: [{ origin: `http://127.0.0.1:${port}`, timeouts }] });
  });
  afterAll(async () => {
    child?.kill();
    await gateway.stop();
  });

  async function run(dialect: DialectId, stream: boolean, fault: SharedFault): Promise<string | undefined> {
    const wire = wires[dialect];
    const { path, body } = wire.request(`fault:${fault.name}${SMALLER[fault.name] ?? ''}`, stream, 'Hello');
    const answer = await ask(gateway.port, { path, body });
    const seen = wire.understand(answer.text(), stream && answer.status < 400);
    await gateway.row(answer.header('x-sluice-request-id'));
    let got = 'odd';
    if (answer.end === 'cut') got = 'CUT';
    else if (answer.status >= 400) got = seen.error === undefined ? 'UNSHAPED' : 'err';
    else if (seen.error !== undefined) got = 'inband';
    else if (seen.complete) got = 'ok';
    if (ALLOWED[fault.expected]?.includes(got) === true) return undefined;
    return `${fault.name}: expected ${fault.expected}, got ${got} with ${answer.status} after ${Math.round(answer.tookMs)} ms: ${answer.text().slice(-200)}`;
  }

  it.each(DIALECT_IDS)(
    'all end as they should (%s)',
    async (dialect) => {
      const jobs = faults
        .flatMap((fault) => [false, true].map((stream) => ({ fault, stream })))
        .filter(({ fault, stream }) => fault.to !== (stream ? 'J' : 'S'));
      const wrong: string[] = [];
      let next = 0;
      const worker = async (): Promise<void> => {
        for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
          const failure = await run(dialect, job.stream, job.fault);
          if (failure !== undefined) wrong.push(`${job.stream ? 'stream' : 'json'} ${failure}`);
        }
      };
      await Promise.all(Array.from({ length: 16 }, worker));
      expect(wrong).toEqual([]);
      await until(() => gateway.closed.length === gateway.opened.length);
    },
    60_000,
  );
});
