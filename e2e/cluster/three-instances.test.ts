// Three gateways behind nginx on one Redis and one PostgreSQL: limits, budgets, the ledger, and the death of one of them.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres } from '../../server/test/kit/postgres.ts';
import { hasRedis } from '../../server/test/kit/redis.ts';
import { skipLoudly } from '../kit/availability.ts';
import { type Cluster, LIMITS, startCluster } from './cluster.ts';
import { findNginx } from './nginx.ts';
import { budget, clientLimits, exactLedger, keyLimits, killedInstance, rollingRestart } from './scenarios.ts';
import { TOKENS } from './upstream.ts';

const COST_NANO_USD = 574_000;

function isComplete(): boolean {
  if (findNginx() === undefined) {
    skipLoudly('nginx is missing, so nothing is known of three instances.', 'Install the package nginx.');
    return false;
  }
  return hasRedis() && hasPostgres();
}

/** What a limit comes to where instances were without Redis for a moment: exactly the limit where none was. */
function bounds(limit: number, withoutRedis: number): { readonly least: number; readonly most: number } {
  const part = Math.ceil(limit / 3) * withoutRedis;
  return { least: withoutRedis === 0 ? limit * 0.9 : 1, most: limit + part };
}

describe.skipIf(!isComplete())('three instances', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  }, 90_000);
  afterAll(() => cluster.stop(), 60_000);

  it('16.7 P5 never send more with a key than its limits allow, and use them up', async () => {
    const figures = await keyLimits(cluster);
    const { least, most } = bounds(LIMITS.keyRpm, figures.withoutRedis);
    expect(figures.worstMinute).toBeLessThanOrEqual(most);
    expect(figures.worstMinute).toBeGreaterThanOrEqual(least);
    expect(figures.mostAtOnce).toBeLessThanOrEqual(bounds(LIMITS.keyAtOnce, figures.withoutRedis).most);
    expect(Object.keys(figures.statuses).sort()).toEqual(['200', '429']);
  });

  it('16.7 P5 hold a client to its limit together', async () => {
    const figures = await clientLimits(cluster);
    const { least, most } = bounds(LIMITS.clientRpm, figures.withoutRedis);
    expect(figures.statuses[200]).toBeLessThanOrEqual(most);
    expect(figures.statuses[200]).toBeGreaterThanOrEqual(least);
    expect(figures.worstMinute).toBe(figures.statuses[200]);
  });

  it('P5 let nobody spend more than its budget', async () => {
    const figures = await budget(cluster);
    const { least, most } = bounds(LIMITS.budgetNanoUsd, figures.withoutRedis);
    expect(figures.spentNanoUsd).toBeLessThanOrEqual(most);
    expect(figures.spentNanoUsd).toBe((figures.statuses[200] ?? 0) * COST_NANO_USD);
    expect(figures.spentNanoUsd).toBeGreaterThanOrEqual(least);
  });

  it('P3 P4 write one row for each request, and add up to what the provider counted', async () => {
    const count = 600;
    const figures = await exactLedger(cluster, count);
    expect(figures).toMatchObject({
      answered: count,
      arrived: count,
      rows: count,
      tokens: {
        input: count * (TOKENS.input - TOKENS.cached),
        cached: count * TOKENS.cached,
        output: count * TOKENS.output,
      },
      costNanoUsd: count * COST_NANO_USD,
    });
  });

  it('P15 fail no request while one after the other is stopped and started again', async () => {
    const figures = await rollingRestart(cluster);
    expect(figures.exitCodes).toEqual(figures.exitCodes.map(() => 0));
    const { 200: answered = 0, ...others } = figures.statuses;
    expect(others).toEqual({});
    expect(figures.exitCodes.length).toBeGreaterThanOrEqual(cluster.instances.length);
    expect(answered).toBeGreaterThan(0);
    expect(figures).toMatchObject({ rows: answered, done: answered });
  }, 240_000);

  it('P3 lose no row that was written when one of them is killed', async () => {
    const figures = await killedInstance(cluster);
    expect(figures).toMatchObject({ lost: 0, doubled: 0, open: 0 });
    expect(figures.meanwhile).toBeGreaterThan(0);
    const { 200: answered = 0, 0: broken = 0, 502: refused = 0, ...others } = figures.statuses;
    expect(answered).toBeGreaterThan(0);
    // Only what was with the instance when it died has failed; nginx says so in its own way.
    expect(broken + refused).toBeLessThanOrEqual(24);
    expect(others).toEqual({});
  }, 120_000);
});
