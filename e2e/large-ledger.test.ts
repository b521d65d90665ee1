// A gateway with a large ledger that is killed is there again at once: nothing that a start does grows with the rows.

import { execFile } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../server/test/kit/redis.ts';
import { type Instance, prepareInstance } from './cluster/instance.ts';
import { skipLoudly } from './kit/availability.ts';

const FILL = fileURLToPath(new URL('./kit/large-ledger.mjs', import.meta.url));
const TIMES = 3;
/** It makes 1.3 GB, and leaves room for others. */
const ROOM_BYTES = 6 * 1024 ** 3;

function hasRoom(): boolean {
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize >= ROOM_BYTES) return true;
  skipLoudly('there are less than 6 GiB free for a large ledger.', 'Make room, or set TMPDIR.', false);
  return false;
}

let folder: string | undefined;
let instance: Instance | undefined;
afterEach(async () => {
  await instance?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** The middle of some times from the start to GET /ready, each after a kill -9. */
async function readyMs(one: Instance): Promise<number> {
  const took: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    await one.kill();
    const beganMs = performance.now();
    await one.start();
    took.push(performance.now() - beganMs);
  }
  return took.sort((left, right) => left - right)[1] ?? Number.NaN;
}

test.skipIf(!hasRoom())(
  'P15 is ready after kill -9 with a ledger of 1 GB and a log of 256 MB as soon as with an empty one',
  async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-large-'));
    const database = join(folder, 'sluice.db');
    const port = await freePort();
    instance = await prepareInstance(port, {
      storage: { url: `sqlite:${database}` },
      upstreams: [
        { id: 'none', provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', keys: ['sk-x'] },
      ],
      log: { level: 'warn' },
    });
    await instance.start();
    const ask = (): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hello.' }] }),
      });
    // One row, after which the others are made.
    expect((await ask()).status).toBeGreaterThanOrEqual(400);
    const empty = await readyMs(instance);
    await instance.stop();

    const signal = await new Promise((ended) => {
      execFile(process.execPath, [FILL, database], (error) => ended(error?.signal ?? error?.message));
    });
    expect(signal).toBe('SIGKILL');
    expect((await stat(database)).size).toBeGreaterThan(1e9);
    expect((await stat(`${database}-wal`)).size).toBeGreaterThan(256e6);
    const large = await readyMs(instance);
    const whole = (ms: number): string => `${Math.round(ms)} ms`;
    process.stderr.write(
      `Ready after ${whole(empty)} with an empty ledger, ${whole(large)} with a large one\n`,
    );
    // The machine may be as slow as it likes, and busier the second time; reading such a ledger through would take longer.
    expect(large).toBeLessThan(2 * empty + 10_000);
  },
  240_000,
);
