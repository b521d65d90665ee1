import { mkdtempSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { whileLocked } from './private-file.ts';

afterEach(() => {
  vi.useRealTimers();
});

const newLock = (): string => join(mkdtempSync(join(tmpdir(), 'sluice-lock-')), 'x.lock');

describe('a lock', () => {
  test('that is held for long is not taken for one that a dead process has left', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const lock = newLock();
    await whileLocked(lock, async () => {
      utimesSync(lock, 1, 1);
      vi.advanceTimersByTime(10_000);
      await vi.waitFor(() => expect(Date.now() - statSync(lock).mtimeMs).toBeLessThan(30_000));
    });
    expect(() => statSync(lock)).toThrow('ENOENT');
  });

  test('that somebody else has by now is not taken away from him', async () => {
    const lock = newLock();
    await whileLocked(lock, async () => writeFileSync(lock, 'of somebody else'));
    expect(readFileSync(lock, 'utf8')).toBe('of somebody else');
  });

  test('is readable by its owner alone', async () => {
    const lock = newLock();
    await whileLocked(lock, async () => expect(statSync(lock).mode & 0o777).toBe(0o600));
  });
});
