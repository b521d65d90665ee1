import { describe, expect, it } from 'vitest';
import { createDeadlines } from './deadlines.ts';

describe('deadlines', () => {
  it('fire once when due and again only when they are set again', () => {
    let nowMs = 0;
    const board = createDeadlines({ monotonicMs: () => nowMs });
    let fired = 0;
    const deadline = { place: -1, dueMs: 100, expired: () => void fired++ };
    board.add(deadline);
    for (const [atMs, expected] of [
      [99, 0],
      [100, 1],
      [500, 1],
    ] as const) {
      nowMs = atMs;
      board.tick();
      expect(fired).toBe(expected);
    }
    deadline.dueMs = 600;
    nowMs = 600;
    board.tick();
    expect(fired).toBe(2);
    board.remove(deadline);
    expect(board.size).toBe(0);
  });

  it('may be removed and added while others fire', () => {
    const board = createDeadlines({ monotonicMs: () => 1 });
    const seen: string[] = [];
    const second = { place: -1, dueMs: 0, expired: () => void seen.push('second') };
    board.add({
      place: -1,
      dueMs: 0,
      expired: () => {
        seen.push('first');
        board.remove(second);
        board.add({ place: -1, dueMs: 5, expired: () => void seen.push('later') });
      },
    });
    board.add(second);
    board.tick();
    expect(seen).toEqual(['first']);
  });
});
