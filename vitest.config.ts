// The four test suites: the server's own, the dashboard's parts, the gateway as its users meet it (in a browser too), and
// the rules of the repository itself.

import { defineConfig } from 'vitest/config';

/** Many tests use real sockets, processes and clocks: on a busy CI machine one may miss its moment. Twice is a failure. */
const retry = process.env['CI'] === 'true' ? 1 : 0;
/** What is polled for comes when the machine has time; Vitest's own patience is one second. */
const expect = { poll: { timeout: 15_000 } };
/** Far more than anything takes: how fast the machine is decides nothing. */
const perTest = { testTimeout: 120_000, hookTimeout: 120_000, retry, expect };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'server',
          root: 'server',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry,
          expect,
        },
      },
      {
        test: {
          name: 'dashboard',
          root: 'dashboard',
          include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
          environment: 'happy-dom',
          testTimeout: 60_000,
          retry,
          expect,
        },
      },
      {
        test: {
          name: 'e2e',
          root: 'e2e',
          include: ['**/*.test.ts'],
          exclude: ['node_modules/**'],
          ...perTest,
        },
      },
      { test: { name: 'repository', root: '.', include: ['scripts/**/*.test.ts'], ...perTest } },
    ],
  },
});
