import { expect, test } from 'vitest';
import { errorsByCode } from './error-counts.ts';

test('errors are counted by code and status, with the time of the last one', () => {
  const row = (errorCode: string | undefined, status: number, receivedAtMs: number) => ({
    id: String(receivedAtMs),
    route: '/v1/messages',
    use: 'generate',
    state: 'done' as const,
    receivedAtMs,
    status,
    errorCode,
  });
  const rows = [
    row('timeout', 504, 10),
    row('rate_limited', 429, 30),
    row('rate_limited', 429, 20),
    row('rate_limited', 503, 5),
  ];
  expect(errorsByCode(rows)).toEqual([
    { code: 'rate_limited', status: 429, count: 2, lastAtMs: 30 },
    { code: 'timeout', status: 504, count: 1, lastAtMs: 10 },
    { code: 'rate_limited', status: 503, count: 1, lastAtMs: 5 },
  ]);
});
