import { describe, expect, test } from 'vitest';
import { newRequestId } from './request-id.ts';

describe('ids of requests', () => {
  test('begin with the time, and are never the same', () => {
    const before = Date.now();
    const ids = Array.from({ length: 5_000 }, newRequestId);
    const after = Date.now();
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      expect(id).toMatch(/^req_[0-9a-f]{24}$/);
      const atMs = Number.parseInt(id.slice(4, 16), 16);
      expect(atMs).toBeGreaterThanOrEqual(before);
      expect(atMs).toBeLessThanOrEqual(after);
    }
  });
});
