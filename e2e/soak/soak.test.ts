// A short soak of a real gateway process; `npm run soak` runs the same for an hour.

import { expect, test } from 'vitest';
import { keptFiles, soak } from './soak.ts';

test.skipIf(process.platform !== 'linux').each([1, 2])(
  'P14 under mixed traffic no good request fails, nothing hangs, and no file stays open (%i processes)',
  async (workers) => {
    const atOnce = 16;
    const figures = await soak({ secs: 12, atOnce, workers });
    expect(figures.failed).toEqual([]);
    expect(figures.hung).toBe(0);
    expect(figures.asked).toBeGreaterThan(100);
    expect(figures.left).toBeGreaterThan(0);
    expect(figures.filesAfter).toBeLessThanOrEqual(figures.filesBefore + keptFiles(atOnce));
  },
);
