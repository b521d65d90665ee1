import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAuditLog } from './audit.ts';
import type { AuditEntry } from './parts.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-audit-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const entry = (atMs: number): AuditEntry => ({
  atMs,
  id: `req_${atMs}`,
  who: 'key',
  address: '127.0.0.1',
  action: 'keys.disable',
  target: '/admin/v1/keys/one/k1/disable',
  status: 200,
});
const troubles: string[] = [];
const open = (maxBytes?: number): ReturnType<typeof createAuditLog> =>
  createAuditLog({
    path: join(folder, 'below', 'audit.log'),
    onTrouble: (message) => void troubles.push(message),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });

describe('the audit log', () => {
  test('keeps changes in a file of its owner, across restarts, newest first', async () => {
    const log = open();
    for (const atMs of [1, 2, 3]) log.add(entry(atMs));
    await log.flush();
    expect((await stat(join(folder, 'below', 'audit.log'))).mode & 0o777).toBe(0o600);
    const again = open();
    expect((await again.last(2)).map(({ atMs }) => atMs)).toEqual([3, 2]);
    expect((await again.last(10, 3)).map(({ atMs }) => atMs)).toEqual([2, 1]);
  });

  test('moves a file aside that has grown, and still tells of it', async () => {
    const log = open(100);
    for (const atMs of [1, 2, 3]) {
      log.add(entry(atMs));
      await log.flush();
    }
    expect((await readFile(join(folder, 'below', 'audit.log.1'), 'utf8')).trim().split('\n')).toHaveLength(1);
    expect((await log.last(10)).map(({ atMs }) => atMs)).toEqual([3, 2]);
  });

  test('passes over lines that a crash has cut', async () => {
    const log = open();
    log.add(entry(1));
    await log.flush();
    await writeFile(join(folder, 'below', 'audit.log'), '{"atMs":2,"acti', { flag: 'a' });
    expect((await log.last(10)).map(({ atMs }) => atMs)).toEqual([1]);
  });

  test('tells when it cannot be written, and never throws', async () => {
    await writeFile(join(folder, 'below'), 'a file where the folder should be');
    const log = open();
    log.add(entry(1));
    await log.flush();
    expect(troubles.at(-1)).toContain('could not be written');
    expect(await log.last(10)).toEqual([]);
  });
});
