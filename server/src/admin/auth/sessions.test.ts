import { describe, expect, test } from 'vitest';
import { digestOf } from './digest.ts';
import { createSessions, SESSION_MS, type SessionShelf, type ShelvedSession } from './sessions.ts';

/** A clock of which both readings can be set. */
function clockAt(epochMs: number): {
  nowMs: number;
  wallMs: number;
  monotonicMs(): number;
  epochMs(): number;
} {
  return {
    nowMs: 5_000,
    wallMs: epochMs,
    monotonicMs() {
      return this.nowMs;
    },
    epochMs() {
      return this.wallMs;
    },
  };
}

function shelfWith(found: readonly ShelvedSession[]): SessionShelf & { kept: readonly ShelvedSession[] } {
  return {
    found,
    kept: found,
    keep(sessions) {
      this.kept = sessions;
    },
    flush: () => Promise.resolve(),
  };
}

const WALL_MS = 1_800_000_000_000;

describe('Sessions over a restart', () => {
  test('live on, under the same name and with another CSRF token', () => {
    const first = shelfWith([]);
    const begun = createSessions(clockAt(WALL_MS), first).begin();
    expect(JSON.stringify(first.kept)).not.toContain(begun.token);
    expect(JSON.stringify(first.kept)).not.toContain(begun.csrfToken);
    const after = createSessions(clockAt(WALL_MS + 60_000), shelfWith(first.kept));
    const found = after.find(digestOf(begun.token));
    expect(found?.publicId).toBe(begun.publicId);
    expect(found?.csrfToken).not.toBe(begun.csrfToken);
    expect(after.find(digestOf('another'))).toBeUndefined();
  });

  test('end twelve hours after they were used last, the time of the restart included', () => {
    const shelf = shelfWith([]);
    const { token } = createSessions(clockAt(WALL_MS), shelf).begin();
    const late = createSessions(clockAt(WALL_MS + SESSION_MS), shelfWith(shelf.kept));
    expect(late.find(digestOf(token))).toBeUndefined();
    const clock = clockAt(WALL_MS + SESSION_MS - 1_000);
    const early = createSessions(clock, shelfWith(shelf.kept));
    clock.nowMs += 999;
    expect(early.find(digestOf(token))).toBeDefined();
  });

  test('live no longer for a clock that was set back', () => {
    const shelf = shelfWith([]);
    const { token } = createSessions(clockAt(WALL_MS), shelf).begin();
    const clock = clockAt(WALL_MS - 30 * 24 * 3_600_000);
    const after = createSessions(clock, shelfWith(shelf.kept));
    clock.nowMs += SESSION_MS;
    expect(after.find(digestOf(token))).toBeUndefined();
  });

  test('are taken from the shelf when they are ended or all cleared', () => {
    const shelf = shelfWith([]);
    const sessions = createSessions(clockAt(WALL_MS), shelf);
    const [one, other] = [sessions.begin(), sessions.begin()];
    sessions.end(digestOf(one.token));
    expect(shelf.kept.map(({ publicId }) => publicId)).toEqual([other.publicId]);
    sessions.clear();
    expect(shelf.kept).toEqual([]);
  });

  test('use is handed to the shelf now and then, and at the end of the gateway', () => {
    const clock = clockAt(WALL_MS);
    const shelf = shelfWith([]);
    const sessions = createSessions(clock, shelf);
    const { token } = sessions.begin();
    const ends = (): number => shelf.kept[0]?.expiresAtMs ?? 0;
    const pass = (ms: number): void => {
      clock.nowMs += ms;
      clock.wallMs += ms;
      sessions.find(digestOf(token));
    };
    pass(1_000);
    expect(ends()).toBe(WALL_MS + SESSION_MS);
    pass(600_000);
    expect(ends()).toBe(WALL_MS + 601_000 + SESSION_MS);
    pass(1_000);
    sessions.shelve();
    expect(ends()).toBe(WALL_MS + 602_000 + SESSION_MS);
  });
});
