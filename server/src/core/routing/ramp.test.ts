import { describe, expect, test } from 'vitest';
import { Ramp } from './ramp.ts';

function refused(): Ramp {
  const ramp = new Ramp();
  ramp.met(0, 100);
  return ramp;
}

describe('5.5 a key that has refused requests for their rate', () => {
  test('is asked by one, and by one more for each that passes', () => {
    const ramp = refused();
    expect(ramp.roomInMs(2_000)).toBe(0);
    ramp.sent(2_000);
    expect(ramp.roomInMs(2_100)).toBe(900);
    ramp.passed(2_000);
    for (const nowMs of [2_200, 2_201]) {
      expect(ramp.roomInMs(nowMs)).toBe(0);
      ramp.sent(nowMs);
    }
    expect(ramp.roomInMs(2_300)).toBe(900);
    ramp.passed(2_200);
    ramp.sent(2_310);
    ramp.sent(2_320);
    expect(ramp.roomInMs(2_320)).toBe(881);
  });

  test('has passed what it did not refuse within a second', () => {
    const ramp = refused();
    ramp.sent(2_000);
    expect(ramp.roomInMs(2_999)).toBe(1);
    expect(ramp.roomInMs(3_000)).toBe(0);
    ramp.sent(3_000);
    expect(ramp.roomInMs(3_000)).toBe(0);
  });

  test('begins anew when it refuses again, but not for what was sent before it refused', () => {
    const ramp = refused();
    ramp.sent(2_000);
    ramp.passed(2_000);
    ramp.met(50, 2_050);
    ramp.sent(2_100);
    expect(ramp.roomInMs(2_100)).toBe(0);
    ramp.met(2_100, 2_150);
    ramp.sent(3_000);
    expect(ramp.roomInMs(3_000)).toBe(1_000);
    // Sent before: it says nothing of now.
    ramp.passed(2_100);
    expect(ramp.roomInMs(3_000)).toBe(1_000);
  });

  test('is over when many have passed', () => {
    const ramp = refused();
    for (let nowMs = 2_000; nowMs < 2_063; nowMs += 1) {
      ramp.sent(nowMs);
      ramp.passed(nowMs);
      expect(ramp.isOver).toBe(false);
    }
    ramp.sent(2_100);
    ramp.passed(2_100);
    expect(ramp.isOver).toBe(true);
  });
});
