// An outside judge: the shared faulty provider with a healthy one behind it. Whatever it does before output is invisible;
// after output its streams end with one error. And what it says of its limits is kept to, key by key.

import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { ask } from '../kit/client.ts';
import { healthyTurn } from '../kit/fault-setting.ts';
import { startFaultUpstream } from '../kit/fault-upstream.ts';
import { type Gateway, NEVER_RESTS, startGateway } from '../kit/gateway.ts';
import { wrongFailover } from '../kit/shared-failing.ts';
import {
  faultModel,
  type SharedFault,
  sharedFaults,
  sharedFaultTool,
  startSharedFaults,
} from '../kit/shared-fault-provider.ts';
import { wires } from '../kit/wire.ts';

/** Each format in front of itself, and in front of another one. */
const PAIRS = [0, 1].flatMap((step) =>
  DIALECT_IDS.map((from, index): [DialectId, DialectId] => [
    from,
    DIALECT_IDS[(index + step) % DIALECT_IDS.length] ?? from,
  ]),
);

/** Tens of megabytes each: met by clients of the same format alone, conversions meet them without a second upstream. */
const LARGE: ReadonlySet<string> = new Set(['gzip-bomb', 'endless-json', 'big-json', 'big-event']);

describe.skipIf(sharedFaultTool === undefined)(
  'the shared faults with a healthy second upstream (skipped where the shared tools are absent)',
  () => {
    const stops: (() => Promise<void>)[] = [];
    const gateways = new Map<DialectId, Gateway>();
    let child: ChildProcess | undefined;
    let faults: SharedFault[] = [];
    let port = 0;
    let origin = '';

    beforeAll(async () => {
      faults = sharedFaults(sharedFaultTool ?? '');
      const started = await startSharedFaults(sharedFaultTool ?? '');
      child = started.child;
      port = started.port;
      origin = `http://127.0.0.1:${port}`;
      const good = await startFaultUpstream(healthyTurn);
      stops.push(() => good.close());
      const timeouts = { headersMs: 1_000, answerMs: 1_000, firstOutputMs: 1_000, idleMs: 1_000 };
      for (const to of DIALECT_IDS) {
        const gateway = await startGateway({
          upstreams: [
            { id: 'bad', origin, timeouts, dialects: [to], priority: 1 },
            { id: 'good', origin: good.origin, dialects: [to], aliases: { '*': 'm' } },
          ],
          health: NEVER_RESTS,
        });
        gateways.set(to, gateway);
        stops.push(() => gateway.stop());
      }
    });
    afterAll(async () => {
      for (const stop of stops.reverse()) await stop();
      child?.kill();
    });

    test.each(PAIRS)('are invisible before output, and one error after it (%s of %s)', async (from, to) => {
      const gateway = gateways.get(to);
      if (gateway === undefined) throw new Error('The gateway did not start.');
      const jobs = faults
        .flatMap((fault) => [false, true].map((stream) => ({ fault, stream })))
        .filter(({ fault, stream }) => fault.to !== (stream ? 'J' : 'S'))
        .filter(({ fault }) => from === to || !LARGE.has(fault.name));
      const wrong: string[] = [];
      let next = 0;
      const worker = async (): Promise<void> => {
        for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
          const { fault, stream } = job;
          const answer = await ask(gateway.port, wires[from].request(faultModel(fault), stream, 'Hello'));
          const row = await gateway.row(answer.header('x-sluice-request-id'));
          const failure = wrongFailover({ fault, from, stream, answer, row });
          if (failure !== undefined) wrong.push(`${stream ? 'stream' : 'json'} ${failure}`);
        }
      };
      await Promise.all(Array.from({ length: 16 }, worker));
      expect(wrong).toEqual([]);
      expect(gateway.logged.filter((line) => line.startsWith('["error"'))).toEqual([]);
      expect(gateway.closed.length).toBe(gateway.opened.length);
    });
  },
);
