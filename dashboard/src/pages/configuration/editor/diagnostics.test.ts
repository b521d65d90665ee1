// Findings of the gateway as places of a text.

import { expect, test } from 'vitest';
import { findingsOf } from './diagnostics.ts';

const text = '{\n  "server": { "prt": 1 },\n}\n';

test('a finding underlines the token at its line and column', () => {
  const [finding] = findingsOf(
    [
      {
        severity: 'error',
        path: 'server.prt',
        message: 'Is not known.',
        suggestion: 'Did you mean "port"?',
        line: 2,
        column: 15,
      },
    ],
    text,
  );
  expect(finding).toMatchObject({
    severity: 'error',
    message: 'server.prt: Is not known. Did you mean "port"?',
  });
  expect(text.slice(finding?.from, finding?.to)).toBe('"prt"');
});

test('findings without a place stand at the beginning, and those behind the end at the end', () => {
  const findings = findingsOf(
    [
      { severity: 'warning', path: '', message: 'Far.', line: 99, column: 99 },
      { severity: 'warning', path: '', message: 'Nowhere.' },
    ],
    text,
  );
  for (const { from, to } of findings) {
    expect(from).toBeGreaterThanOrEqual(0);
    expect(to).toBeLessThanOrEqual(text.length);
    expect(to).toBeGreaterThan(from);
  }
  expect(findings[0]?.from).toBe(0);
});

test('an empty text has nothing to underline', () => {
  expect(findingsOf([{ severity: 'error', path: '', message: 'Empty.' }], '')).toEqual([
    { from: 0, to: 0, severity: 'error', message: 'Empty.' },
  ]);
});
