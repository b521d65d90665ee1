import { describe, expect, it } from 'vitest';
import { createRunning } from './running.ts';

describe('what is running', () => {
  it('is waited for, whether it succeeds or fails', async () => {
    const running = createRunning();
    let finish = (): void => {};
    running.follow(new Promise((resolve) => (finish = resolve)));
    running.follow(Promise.reject(new Error('x')));
    let idle = false;
    const waited = running.idle().then(() => (idle = true));
    await Promise.resolve();
    expect([running.count > 0, idle]).toEqual([true, false]);
    finish();
    await waited;
    expect(running.count).toBe(0);
    await running.idle();
  });

  it('is interrupted once, also when it takes itself out meanwhile', () => {
    const running = createRunning();
    const told: string[] = [];
    const one = {
      place: -1,
      interrupt: (error: { code: string }) => {
        told.push(error.code);
        running.remove(one);
      },
    };
    const other = { place: -1, interrupt: (error: { code: string }) => void told.push(error.code) };
    running.add(one);
    running.add(other);
    running.interruptAll();
    expect(told).toEqual(['shutting_down', 'shutting_down']);
    running.remove(other);
    running.interruptAll();
    expect(told.length).toBe(2);
  });
});
