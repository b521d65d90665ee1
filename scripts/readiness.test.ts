import { expect, test } from 'vitest';
import {
  buildDecision,
  holdsEverything,
  installArguments,
  installDecision,
  nodeProblem,
  oldestNode,
} from './readiness.mjs';

const settled = { lockHash: 'L1', platform: 'linux-x64', isComplete: () => false };
const stamp = (scope: 'start' | 'all') => ({ install: { scope, lock: 'L1', platform: 'linux-x64' } });

test('the oldest supported Node.js and every later one are accepted', () => {
  for (const version of [oldestNode, '20.20.2', '22.0.0', '24.1.0', '100.0.0'])
    expect(nodeProblem(version)).toBeUndefined();
});

test('an older Node.js is refused with both versions in the message', () => {
  for (const version of ['20.18.3', '18.20.0', '9.0.0']) {
    expect(nodeProblem(version)).toContain(version);
    expect(nodeProblem(version)).toContain(oldestNode);
  }
});

test('nothing is installed when the lock file is the one that was installed', () => {
  expect(installDecision({ ...settled, scope: 'start', stamp: stamp('start') })).toBe('nothing');
  expect(installDecision({ ...settled, scope: 'all', stamp: stamp('all') })).toBe('nothing');
});

test('an installation of everything satisfies a start, but not the other way round', () => {
  expect(installDecision({ ...settled, scope: 'start', stamp: stamp('all') })).toBe('nothing');
  expect(installDecision({ ...settled, scope: 'all', stamp: stamp('start') })).toBe('install');
});

test('a fresh clone, a changed lock file and another platform are installed anew', () => {
  const started = stamp('start');
  expect(installDecision({ ...settled, scope: 'start', stamp: {} })).toBe('install');
  expect(installDecision({ ...settled, scope: 'start', stamp: started, lockHash: 'L2' })).toBe('install');
  const moved = { ...settled, platform: 'darwin-arm64', isComplete: () => true };
  expect(installDecision({ ...moved, scope: 'start', stamp: started })).toBe('install');
});

test('packages that somebody installed by hand are recorded instead of installed again', () => {
  const complete = { ...settled, isComplete: () => true };
  expect(installDecision({ ...complete, scope: 'all', stamp: {} })).toBe('record');
  expect(installDecision({ ...complete, scope: 'all', stamp: stamp('start'), lockHash: 'L2' })).toBe(
    'record',
  );
});

test('an installation is complete when every demanded version is there, whatever optional packages are missing', () => {
  const lock = {
    packages: {
      '': { version: '0.1.0' },
      server: { version: '0.1.0' },
      'node_modules/sluice': { link: true },
      'node_modules/zod': { version: '4.0.0' },
      'node_modules/tool-darwin-arm64': { version: '1.0.0', optional: true },
    },
  };
  expect(holdsEverything(lock, { packages: { 'node_modules/zod': { version: '4.0.0' } } })).toBe(true);
  expect(holdsEverything(lock, { packages: { 'node_modules/zod': { version: '3.0.0' } } })).toBe(false);
  expect(holdsEverything(lock, {})).toBe(false);
  expect(holdsEverything(lock, undefined)).toBe(false);
});

test('npm is never allowed to run install scripts, nor to leave the compiler out', () => {
  for (const scope of ['start', 'all'] as const)
    expect(installArguments(scope)).toEqual(
      expect.arrayContaining(['ci', '--ignore-scripts', '--include=dev']),
    );
});

test('a build happens only when its sources changed or its output is gone', () => {
  expect(buildDecision({ built: 'F', fingerprint: 'F', outputExists: true })).toBe('nothing');
  expect(buildDecision({ built: 'E', fingerprint: 'F', outputExists: true })).toBe('build');
  expect(buildDecision({ built: undefined, fingerprint: 'F', outputExists: true })).toBe('build');
  expect(buildDecision({ built: 'F', fingerprint: 'F', outputExists: false })).toBe('rebuild');
});
