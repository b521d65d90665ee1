// One bad upstream cannot hurt the others: while it sends what never ends or never fits, and is even raced against good ones,
// every other request gets its whole answer, and the gateway answers for its own health.

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import type { DispatchMode } from '../../src/core/routing/policy.ts';
import { ask, until } from '../kit/client.ts';
import { HEALTHY } from '../kit/fault-rows.ts';
import { healthyTurn } from '../kit/fault-setting.ts';
import type { Behaviour, Turn } from '../kit/fault-upstream.ts';
import { NEVER_RESTS } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { notWhole } from '../kit/strict-reading.ts';
import { wires } from '../kit/wire.ts';

const SSE = { 'Content-Type': 'text/event-stream' };
const MEGABYTE = Buffer.alloc(1024 * 1024, 'a');
/** More than any body, answer or event may have. */
const TOO_MANY = 80;
const bomb = gzipSync(Buffer.concat(Array.from({ length: TOO_MANY }, () => MEGABYTE)));

/** Sends a megabyte whenever there is room for it, until the gateway has had enough. */
function pour(turn: Turn, left = TOO_MANY): void {
  if (left === 0 || turn.closedMs !== undefined || turn.socket.destroyed) return;
  if (turn.piece(MEGABYTE)) setImmediate(() => pour(turn, left - 1));
  else turn.socket.once('drain', () => pour(turn, left - 1));
}

const offenders: Readonly<Record<string, Behaviour>> = {
  'a line without end': (turn) => {
    turn.head(200, turn.stream ? SSE : { 'Content-Type': 'application/json' });
    turn.piece(turn.stream ? 'data: {"x":"' : '{"x":"');
    pour(turn);
  },
  'comments without end': (turn) => {
    turn.head(200, SSE);
    const comment = `: ${'x'.repeat(16_000)}\n\n`;
    const more = (left: number): void => {
      if (left === 0 || turn.socket.destroyed) return;
      if (turn.piece(comment)) setImmediate(() => more(left - 1));
      else turn.socket.once('drain', () => more(left - 1));
    };
    more(5_000);
  },
  'a bomb': (turn) => turn.whole(200, bomb, { ...SSE, 'Content-Encoding': 'gzip' }),
  'a chain of encodings': (turn) =>
    turn.whole(200, gzipSync('{}'), { ...SSE, 'Content-Encoding': Array(500).fill('gzip').join(', ') }),
  'a header of a megabyte': (turn) => turn.whole(200, '{}', { 'X-Big': MEGABYTE.toString() }),
  'lists in lists': (turn) => turn.whole(200, `{"x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`),
};

const MODES: readonly (readonly [string, DispatchMode])[] = [
  ['serial', { type: 'serial' }],
  ['hedged', { type: 'hedged', delayMs: 20, maxParallel: 2, budget: 1 }],
];

/** Each format of itself and of the next one. */
const PAIRS = [0, 1].flatMap((step) =>
  DIALECT_IDS.map((from, index): [DialectId, DialectId] => [
    from,
    DIALECT_IDS[(index + step) % DIALECT_IDS.length] ?? from,
  ]),
);

describe.each(MODES)('an upstream that sends what does not fit, %s', (_, dispatch) => {
  test.each(Object.entries(offenders))('6.2 hurts nobody else: %s', async (name, offend) => {
    const bad = await provider(offend);
    const good = await provider(healthyTurn);
    const gateway = await gatewayWith({
      upstreams: [
        ...DIALECT_IDS.map((to) => ({
          id: `bad-${to}`,
          origin: bad.origin,
          dialects: [to],
          models: [`bad-${to}`],
          priority: 1,
          timeouts: { firstOutputMs: 2_000, idleMs: 2_000 },
        })),
        ...DIALECT_IDS.map((to) => ({
          id: `good-${to}`,
          origin: good.origin,
          dialects: [to],
          models: [`bad-${to}`, `good-${to}`],
        })),
      ],
      route: { dispatch },
      health: NEVER_RESTS,
    });
    const wrong: string[] = [];
    const say = async (model: string, from: DialectId): Promise<void> => {
      const answer = await ask(gateway.port, wires[from].request(model, true, 'Hello'));
      const failure =
        answer.status === 200 ? notWhole(from, answer.text(), HEALTHY) : `status ${answer.status}`;
      if (failure !== undefined) wrong.push(`${model} from ${from}: ${failure}`);
    };
    let over = false;
    const offending = Promise.all(PAIRS.map(([from, to]) => say(`bad-${to}`, from))).then(() => {
      over = true;
    });
    let health = 0;
    const others = async (): Promise<void> => {
      for (let round = 0; round < 5 || !over; round++) {
        const [from, to] = PAIRS[round % PAIRS.length] ?? ['gemini', 'gemini'];
        await say(`good-${to}`, from);
        const answer = await ask(gateway.port, { path: '/health' });
        health += answer.status === 200 ? 1 : Number.NaN;
      }
    };
    await Promise.all([offending, others(), others()]);
    expect(wrong, name).toEqual([]);
    expect(health).toBeGreaterThanOrEqual(10);
    expect(bad.turns.length).toBeGreaterThanOrEqual(PAIRS.length);
    await until(() => gateway.app.memory.running.count === 0);
    // Whoever lost or failed is not read any further.
    await until(() => gateway.closed.length === gateway.opened.length);
    const inFlight = DIALECT_IDS.map(
      (to) => gateway.app.memory.pool.places.at('upstream', `bad-${to}`).inFlight,
    );
    expect(inFlight).toEqual([0, 0, 0, 0]);
  });
});
