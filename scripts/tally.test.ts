import { expect, test } from 'vitest';
import { closingLine, tallyOf } from './tally.mjs';

const clean = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

test('the last line counts passed and failed tests, and skipped ones where there are any', () => {
  expect(closingLine(tallyOf(clean, 0), 0)).toBe('7 passed, 0 failed');
  expect(closingLine(tallyOf({ ...clean, numFailedTests: 2 }, 1), 0)).toBe('7 passed, 2 failed');
  expect(closingLine(tallyOf({ ...clean, numPendingTests: 1, numTodoTests: 2 }, 0), 0)).toBe(
    '7 passed, 0 failed, 3 skipped',
  );
});

test('a failed check shows in the last line', () => {
  expect(closingLine(tallyOf(clean, 0), 2)).toBe('7 passed, 2 failed');
});

test('a test file that cannot be loaded is a failure', () => {
  const testResults = [
    { status: 'failed', assertionResults: [] },
    { status: 'passed', assertionResults: [] },
  ];
  expect(tallyOf({ ...clean, testResults }, 1).failed).toBe(1);
});

test('a run that failed outside its tests, or left no report, is a failure', () => {
  expect(tallyOf(clean, 1).failed).toBe(1);
  expect(tallyOf(undefined, 0).failed).toBe(1);
});
