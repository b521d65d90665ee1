import { expect, test } from 'vitest';
import { cpuShareOf } from './cpu-share.ts';

test('The share of a core is that since the last look', () => {
  const before = { cpuSeconds: 10, uptimeMs: 60_000, startedAtMs: 1 };
  expect(cpuShareOf({ cpuSeconds: 12.5, uptimeMs: 65_000, startedAtMs: 1 }, before)).toBeCloseTo(0.5);
});

test('The share of a core is that since the start at the first look, and after a restart', () => {
  const now = { cpuSeconds: 3, uptimeMs: 60_000, startedAtMs: 2 };
  expect(cpuShareOf(now, undefined)).toBeCloseTo(0.05);
  expect(cpuShareOf(now, { cpuSeconds: 400, uptimeMs: 9_000_000, startedAtMs: 1 })).toBeCloseTo(0.05);
  expect(cpuShareOf({ ...now, uptimeMs: 0 }, undefined)).toBeUndefined();
});
