import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkBody } from './check.ts';
import { captureRequestSchema } from './contract/control.ts';
import { MOST_LEVELS, nestedDeeperThan } from './nesting.ts';

const nested = (levels: number, open = '[', close = ']'): string =>
  open.repeat(levels) + close.repeat(levels);

describe('a body of the admin API', () => {
  test('is read as deep as requests to models may be, and refused beyond that', () => {
    expect(checkBody(z.unknown(), Buffer.from(nested(MOST_LEVELS)))).toMatchObject({ ok: true });
    for (const levels of [MOST_LEVELS + 1, 400_000])
      expect(checkBody(z.unknown(), Buffer.from(nested(levels)))).toMatchObject({
        ok: false,
        error: { status: 400, code: 'invalid' },
      });
    const members = Buffer.from(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
    expect(checkBody(z.unknown(), members)).toMatchObject({ ok: false, error: { status: 400 } });
  });

  test('counts levels, not members', () => {
    expect(nestedDeeperThan([[1, 2], { a: [] }], 3)).toBe(false);
    expect(nestedDeeperThan([[1, 2], { a: [] }], 2)).toBe(true);
    expect(nestedDeeperThan('text', 0)).toBe(false);
  });

  test('names no moment that is none', () => {
    for (const untilMs of [8_640_000_000_000_001, 1e300, -1])
      expect(captureRequestSchema.safeParse({ untilMs }).success, String(untilMs)).toBe(false);
    expect(captureRequestSchema.safeParse({ untilMs: 8_640_000_000_000_000 }).success).toBe(true);
  });
});
