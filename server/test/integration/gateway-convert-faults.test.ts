// Whatever an upstream of another format does, a client gets exactly one honest ending in its own format, and the ledger
// one row; and where there is a second upstream, the client notices nothing that happened before the first output.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { ask } from '../kit/client.ts';
import { ANSWER } from '../kit/fault-upstream.ts';
import { type Ending, faults } from '../kit/faults.ts';
import { NEVER_RESTS } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { type Understood, wires } from '../kit/wire.ts';

const PAIRS = DIALECT_IDS.flatMap((from) =>
  DIALECT_IDS.filter((to) => to !== from).map((to): [DialectId, DialectId] => [from, to]),
);
/** Each format asks another one, and is asked by another one. */
const RING = DIALECT_IDS.map((from, index): [DialectId, DialectId] => [
  from,
  DIALECT_IDS[(index + 1) % DIALECT_IDS.length] ?? from,
]);

const LATE_MS = 3_000;
/** Short, and longer than a busy machine may keep a healthy answer waiting. */
const SHORT = { headersMs: 800, answerMs: 800, firstOutputMs: 800, idleMs: 800 };
const NAMES = Object.keys(faults);

/** Where a conversion makes more of an answer than the same format does: a document for a stream can be read. */
const BETTER: Readonly<Record<string, Ending>> = { 'json-for-stream': 'whole' };

/** What may be seen where the upstream streams or not, and the client wants one or not. */
function allowed(name: string, asked: boolean, streams: boolean): readonly Ending[] {
  const better = BETTER[name];
  if (better !== undefined) return [better];
  const endings = faults[name]?.[streams ? 'stream' : 'json'] ?? [];
  // A whole answer is sent when it is complete, so that there is nothing of it before an error.
  return asked && streams ? endings : endings.map((ending) => (ending === 'in-band' ? 'error' : ending));
}

function endingOf(status: number, end: 'clean' | 'cut', seen: Understood): Ending | string {
  if (end === 'cut') return `cut after status ${status}`;
  if (status >= 400) return seen.error === undefined ? `status ${status} without an error body` : 'error';
  if (seen.error !== undefined) return 'in-band';
  return seen.complete && seen.text === ANSWER ? 'whole' : `a clean end of "${seen.text}"`;
}

interface Run {
  readonly from: DialectId;
  readonly to: DialectId;
  /** The client asks for a stream. */
  readonly asked: boolean;
  /** The upstream is asked for one. */
  readonly streams: boolean;
}

async function runAll({ from, to, asked, streams }: Run): Promise<void> {
  const wire = wires[from];
  const upstream = await provider();
  const streaming = asked === streams ? 'any' : streams ? 'always' : 'never';
  const gateway = await gatewayWith({
    health: NEVER_RESTS,
    upstreams: [{ origin: upstream.origin, dialects: [to], timeouts: SHORT, streaming }],
  });
  const names = NAMES.filter((name) => faults[name]?.to !== (streams ? 'json' : 'stream'));
  const late: string[] = [];
  await Promise.all(
    names.map(async (name) => {
      const { path, body } = wire.request(`fault:${name}`, asked, 'Hello');
      const answer = await ask(gateway.port, { path, body });
      const seen = wire.understand(answer.text(), asked && answer.status < 400);
      const said = `${name}: ${answer.status} ${answer.text().slice(0, 400)}`;
      expect.soft(allowed(name, asked, streams), said).toContain(endingOf(answer.status, answer.end, seen));
      if (answer.status >= 400)
        expect.soft(answer.header('content-type'), said).toMatch(/^application\/json/);
      const row = await gateway.row(answer.header('x-sluice-request-id'));
      expect.soft([row.status, row.dialectOut], name).toEqual([answer.status, to]);
      const failed = answer.status >= 400 || seen.error !== undefined;
      expect.soft(row.errorCode === undefined, `${name}: ${row.errorCode}`).toBe(!failed);
      if (answer.tookMs >= LATE_MS) late.push(name);
    }),
  );
  // All at once may be too much for a busy machine: what was late is asked alone.
  for (const name of late) {
    const answer = await ask(gateway.port, wire.request(`fault:${name}`, asked, 'Hello'));
    await gateway.row(answer.header('x-sluice-request-id'));
    expect.soft(answer.tookMs, name).toBeLessThan(LATE_MS);
  }
  const count = names.length + late.length;
  expect(gateway.opened.length).toBe(count);
  expect(new Set(gateway.closed.map(({ id }) => id)).size).toBe(count);
  expect(gateway.closed.length).toBe(count);
  expect(gateway.logged.filter((line) => line.startsWith('["error"'))).toEqual([]);
}

describe.each(PAIRS)('a client of %s of an upstream of %s', (from, to) => {
  it.each([false, true])('hears an honest ending of every fault (stream: %s)', (stream) =>
    runAll({ from, to, asked: stream, streams: stream }),
  );
});

describe.each(RING)('a client of %s of an upstream of %s', (from, to) => {
  it.each([false, true])(
    'hears it also where the upstream streams otherwise than the client (client streams: %s)',
    (asked) => runAll({ from, to, asked, streams: !asked }),
  );

  it.each([false, true])(
    'notices nothing where a second upstream takes over (stream: %s)',
    async (stream) => {
      const wire = wires[from];
      const bad = await provider();
      const good = await provider();
      const names = NAMES.filter(
        (name) => faults[name]?.recoverable === true && faults[name]?.to !== (stream ? 'json' : 'stream'),
      );
      // Each has a gateway of its own: after one of them the key may rest.
      const outcomes = await Promise.all(
        names.map(async (name) => {
          const gateway = await gatewayWith({
            health: NEVER_RESTS,
            upstreams: [
              { id: 'bad', origin: bad.origin, dialects: [to], timeouts: SHORT, priority: 1 },
              { id: 'good', origin: good.origin, dialects: [to], aliases: { [`fault:${name}`]: 'm' } },
            ],
          });
          const { path, body } = wire.request(`fault:${name}`, stream, 'Hello');
          const answer = await ask(gateway.port, { path, body });
          const seen = wire.understand(answer.text(), stream && answer.status < 400);
          const row = await gateway.row(answer.header('x-sluice-request-id'));
          return [name, endingOf(answer.status, answer.end, seen), row.attempts > 1 || name in BETTER];
        }),
      );
      expect(outcomes).toEqual(names.map((name) => [name, 'whole', true]));
    },
  );
});
