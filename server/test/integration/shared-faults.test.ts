// An outside judge: the shared faulty provider, with every fault that it has, in all four formats, for clients of the same
// and of another format. Runs where the shared tools are present.

import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { ask, until } from '../kit/client.ts';
import { type Gateway, NEVER_RESTS, startGateway } from '../kit/gateway.ts';
import {
  faultModel,
  type SharedFault,
  sharedFaults,
  sharedFaultTool,
  startSharedFaults,
  wrongEnding,
} from '../kit/shared-fault-provider.ts';
import { wires } from '../kit/wire.ts';

/** Each format in front of itself, and in two rings in front of two others. */
const PAIRS = [0, 1, 3].flatMap((step) =>
  DIALECT_IDS.map((from, index): [DialectId, DialectId] => [
    from,
    DIALECT_IDS[(index + step) % DIALECT_IDS.length] ?? from,
  ]),
);

/** Where a conversion can make more of an answer than the same format: a document where a stream was asked for. */
const CONVERTED: Readonly<Record<string, string>> = { 'json-for-stream': 'either' };

describe.skipIf(sharedFaultTool === undefined)(
  'the shared faults (skipped where the shared tools are absent)',
  () => {
    const gateways = new Map<DialectId, Gateway>();
    let child: ChildProcess | undefined;
    let faults: SharedFault[] = [];

    beforeAll(async () => {
      faults = sharedFaults(sharedFaultTool ?? '');
      const started = await startSharedFaults(sharedFaultTool ?? '');
      child = started.child;
      const origin = `http://127.0.0.1:${started.port}`;
      const timeouts = { headersMs: 2_500, answerMs: 2_500, firstOutputMs: 2_500, idleMs: 2_500 };
      for (const to of DIALECT_IDS)
        gateways.set(
          to,
          await startGateway({ upstreams: [{ origin, timeouts, dialects: [to] }], health: NEVER_RESTS }),
        );
    });
    afterAll(async () => {
      child?.kill();
      for (const gateway of gateways.values()) await gateway.stop();
    });

    it.each(PAIRS)(
      'all end as they should (%s of %s)',
      async (from, to) => {
        const gateway = gateways.get(to);
        if (gateway === undefined) throw new Error('The gateway did not start.');
        const run = async (stream: boolean, fault: SharedFault): Promise<string | undefined> => {
          const wire = wires[from];
          const { path, body } = wire.request(faultModel(fault), stream, 'Hello');
          const answer = await ask(gateway.port, { path, body });
          await gateway.row(answer.header('x-sluice-request-id'));
          const seen = wire.understand(answer.text(), stream && answer.status < 400);
          return wrongEnding(fault, answer, seen, from === to ? undefined : CONVERTED[fault.name]);
        };
        const jobs = faults
          .flatMap((fault) => [false, true].map((stream) => ({ fault, stream })))
          .filter(({ fault, stream }) => fault.to !== (stream ? 'J' : 'S'));
        const wrong: string[] = [];
        let next = 0;
        const worker = async (): Promise<void> => {
          for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
            const failure = await run(job.stream, job.fault);
            if (failure !== undefined) wrong.push(`${job.stream ? 'stream' : 'json'} ${failure}`);
          }
        };
        await Promise.all(Array.from({ length: 16 }, worker));
        expect(wrong).toEqual([]);
        expect(gateway.logged.filter((line) => line.startsWith('["error"'))).toEqual([]);
        await until(() => gateway.closed.length === gateway.opened.length);
      },
      60_000,
    );
  },
);
