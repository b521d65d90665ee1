// Whatever the only upstream does, a client gets exactly one honest ending in its own format, and the ledger one row.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { ask } from '../kit/client.ts';
import { ANSWER } from '../kit/fault-upstream.ts';
import { type Ending, faults } from '../kit/faults.ts';
import { NEVER_RESTS } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { type Understood, wires } from '../kit/wire.ts';

const LATE_MS = 3_000;
/** Short, and longer than a busy machine may keep a healthy answer waiting. */
const SHORT = { headersMs: 800, answerMs: 800, firstOutputMs: 800, idleMs: 800 };

function endingOf(status: number, end: 'clean' | 'cut', seen: Understood): Ending | string {
  if (end === 'cut') return `cut after status ${status}`;
  if (status >= 400) return seen.error === undefined ? `status ${status} without an error body` : 'error';
  if (seen.error !== undefined) return 'in-band';
  return seen.complete && seen.text === ANSWER ? 'whole' : `a clean end of "${seen.text}"`;
}

describe.each(DIALECT_IDS)('%s', (dialect) => {
  const wire = wires[dialect];

  it.each([false, true])('ends every fault honestly (stream: %s)', async (stream) => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, timeouts: SHORT }],
      health: NEVER_RESTS,
    });
    const names = Object.keys(faults).filter((name) => faults[name]?.to !== (stream ? 'json' : 'stream'));
    const late: string[] = [];
    await Promise.all(
      names.map(async (name) => {
        const fault = faults[name];
        const { path, body } = wire.request(`fault:${name}`, stream, 'Hello');
        const answer = await ask(gateway.port, { path, body });
        const seen = wire.understand(answer.text(), stream && answer.status < 400);
        expect
          .soft(
            fault?.[stream ? 'stream' : 'json'],
            `${name}: ${answer.status} ${answer.text().slice(0, 400)}`,
          )
          .toContain(endingOf(answer.status, answer.end, seen));
        const row = await gateway.row(answer.header('x-sluice-request-id'));
        expect.soft(row.status, name).toBe(answer.status);
        const failed = answer.status >= 400 || seen.error !== undefined;
        expect.soft(row.errorCode === undefined, `${name}: ${row.errorCode}`).toBe(!failed);
        if (answer.tookMs >= LATE_MS) late.push(name);
      }),
    );
    // All at once may be too much for a busy machine: what was late is asked alone.
    for (const name of late) {
      const answer = await ask(gateway.port, wire.request(`fault:${name}`, stream, 'Hello'));
      await gateway.row(answer.header('x-sluice-request-id'));
      expect.soft(answer.tookMs, name).toBeLessThan(LATE_MS);
    }
    const count = names.length + late.length;
    expect(gateway.opened.length).toBe(count);
    expect(gateway.closed.length).toBe(count);
    expect(new Set(gateway.closed.map(({ id }) => id)).size).toBe(count);
  });
});

describe('error answers of an upstream', () => {
  it.each(DIALECT_IDS)('reach the client byte for byte with their status (%s)', async (dialect) => {
    const body = `${wires[dialect].error(422, 'über ünicode')}  \n`;
    const upstream = await provider((turn) =>
      turn.whole(422, body, { 'X-Request-Id': 'req-7', 'Retry-After': '3' }),
    );
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const answer = await ask(gateway.port, wires[dialect].request('m', true, 'Hello'));
    expect(answer.status).toBe(422);
    expect(answer.text()).toBe(body);
    expect(answer.header('x-request-id')).toBe('req-7');
    expect(answer.header('retry-after')).toBe('3');
    expect(answer.header('content-length')).toBe(String(Buffer.byteLength(body)));
  });
});
