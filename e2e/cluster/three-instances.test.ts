// Three gateways behind nginx on one Redis and one PostgreSQL: limits, budgets, the ledger, and the death of one of them.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres } from '../../server/test/kit/postgres.ts';
import { hasRedis } from '../../server/test/kit/redis.ts';
import { skipLoudly } from '../kit/availability.ts';
import { type Cluster, LIMITS, startCluster } from './cluster.ts';
import { findNginx } from './nginx.ts';
import { budget, clientLimits, exactLedger, keyLimits, killedInstance } from './scenarios.ts';
import { TOKENS } from './upstream.ts';

const COST_NANO_USD = 574_000;

function isComplete(): boolean {
  if (findNginx() === undefined) {
    skipLoudly('nginx is missing, so nothing is known of three instances.', 'Install the package nginx.');
    return false;
  }
  return hasRedis() && hasPostgres();
}

describe.skipIf(!isComplete())('three instances', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  }, 90_000);
  afterAll(() => cluster.stop(), 60_000);

  it('16.7 P5 never send more with a key than its limits allow, and use them up', async () => {
    const figures = await keyLimits(cluster);
    expect(figures.worstMinute).toBeLessThanOrEqual(LIMITS.keyRpm);
    expect(figures.worstMinute).toBeGreaterThanOrEqual(LIMITS.keyRpm * 0.95);
    expect(figures.mostAtOnce).toBeLessThanOrEqual(LIMITS.keyAtOnce);
    expect(Object.keys(figures.statuses).sort()).toEqual(['200', '429']);
  });

  it('16.7 P5 hold a client to its limit together', async () => {
    const figures = await clientLimits(cluster);
    expect(figures.statuses[200]).toBeLessThanOrEqual(LIMITS.clientRpm);
    expect(figures.statuses[200]).toBeGreaterThanOrEqual(LIMITS.clientRpm * 0.95);
    expect(figures.worstMinute).toBe(figures.statuses[200]);
  });

  it('P5 let nobody spend more than its budget', async () => {
    const figures = await budget(cluster);
    expect(figures.spentNanoUsd).toBeLessThanOrEqual(LIMITS.budgetNanoUsd);
    expect(figures.spentNanoUsd).toBe((figures.statuses[200] ?? 0) * COST_NANO_USD);
    expect(figures.spentNanoUsd).toBeGreaterThan(LIMITS.budgetNanoUsd * 0.9);
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
