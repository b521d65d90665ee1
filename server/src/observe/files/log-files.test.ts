import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { attempt, closing, opening } from '../../../test/stores/exchanges.ts';
import { createRedactor } from '../redact.ts';
import { type LogFiles, openLogFiles } from './log-files.ts';
import { deleteOld, filesOf } from './retention.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function open(folder: string, maxFileBytes = 20 * 1024 * 1024): Promise<LogFiles> {
  const redactor = createRedactor();
  redactor.know(['CANARY-secret']);
  const opened = await openLogFiles({
    folder,
    maxFileBytes,
    retentionDays: 14,
    redactor,
    onTrouble: (message) => expect.unreachable(message),
  });
  if (!opened.ok) throw new Error(opened.message);
  return opened.files;
}

async function linesOf(
  folder: string,
  kind: 'requests' | 'errors' | 'keys',
): Promise<Record<string, unknown>[]> {
  const files = await filesOf(folder, kind);
  return files.flatMap(({ path }) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Record<string, unknown> => JSON.parse(line)),
  );
}

describe('the log folder', () => {
  test('10.1 every exchange is a line of JSON in the file of this day, which only this user can read', async () => {
    const dayNow = (): string => new Date().toLocaleDateString('sv-SE');
    const before = dayNow();
    const folder = join(temporaryFolder(), 'logs');
    const files = await open(folder);
    files.closed(opening('a'), closing('a'));
    files.closed(opening('b'), closing('b', { modelAsked: 'model CANARY-secret' }));
    await files.close();
    const lines = await linesOf(folder, 'requests');
    expect(lines.map((line) => line['id'])).toEqual(['a', 'b']);
    expect(lines[0]).toMatchObject({ route: 'chat.completions', status: 200, input_cache_read: 40 });
    expect(lines[1]).toMatchObject({ model_asked: 'model [redacted]' });
    const [file] = await filesOf(folder, 'requests');
    // Whoever runs this at midnight has two days.
    expect([before, dayNow()]).toContain(file?.day);
    expect(statSync(file?.path ?? '').mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(await linesOf(folder, 'errors')).toEqual([]);
  });

  test('10.2 what failed, or had to be tried again, is among the errors with its attempts', async () => {
    const folder = temporaryFolder();
    const files = await open(folder);
    const tries = [
      attempt(1, {
        end: 'failed',
        reason: 'rate-limited',
        status: 429,
        errorCode: 'upstream_error',
        upstreamRequestId: 'req_1',
      }),
      attempt(2, { end: 'answered', reason: undefined, status: undefined, errorCode: undefined }),
    ];
    files.closed(opening('good'), closing('good'));
    files.closed(
      opening('left'),
      closing('left', { status: 499, errorCode: 'client_closed', aborted: true }),
    );
    files.closed(
      opening('bad'),
      closing('bad', { status: 502, errorCode: 'upstream_closed', errorMessage: 'It said CANARY-secret.' }),
    );
    files.closed(
      opening('again', { clientRequestId: 'mine-1' }),
      closing('again', { attempts: 2, tries, upstreamRequestId: 'req_2' }),
    );
    await files.close();
    const lines = await linesOf(folder, 'errors');
    expect(lines.map((line) => line['id'])).toEqual(['bad', 'again']);
    expect(lines[0]).toMatchObject({ error_code: 'upstream_closed', error_message: 'It said [redacted].' });
    expect(lines[1]).toMatchObject({ client_request_id: 'mine-1', upstream_request_id: 'req_2' });
    expect(lines[1]?.['tries']).toMatchObject([
      {
        attempt: 1,
        key_id: 'k_1',
        end: 'failed',
        reason: 'rate-limited',
        status: 429,
        upstream_request_id: 'req_1',
      },
      { attempt: 2, key_id: 'k_2', end: 'answered' },
    ]);
  });

  test('10.3 events of keys and changes from one key to another are lines of their own', async () => {
    const folder = temporaryFolder();
    const files = await open(folder);
    files.keyEvent({
      event: 'quarantined',
      atMs: 1_700_000_000_000,
      upstreamId: 'one',
      keyId: 'k_1',
      reason: 'bad-key',
      status: 401,
      untilAtMs: 1_700_000_060_000,
    });
    const tries = [
      attempt(1, { end: 'failed', reason: 'rate-limited', status: 429 }),
      attempt(2, { end: 'answered' }),
    ];
    files.closed(opening('x'), closing('x', { attempts: 2, tries }));
    // The same key once more is no change of keys.
    const same = [attempt(1, { end: 'failed' }), attempt(2, { end: 'answered', keyId: 'k_1' })];
    files.closed(opening('y'), closing('y', { attempts: 2, tries: same }));
    await files.close();
    expect(await linesOf(folder, 'keys')).toEqual([
      {
        time: '2023-11-14T22:13:20.000Z',
        event: 'quarantined',
        upstream_id: 'one',
        key_id: 'k_1',
        reason: 'bad-key',
        status: 401,
        until: '2023-11-14T22:14:20.000Z',
      },
      expect.objectContaining({
        event: 'rotated',
        key_id: 'k_1',
        to_key_id: 'k_2',
        reason: 'rate-limited',
        exchange_id: 'x',
      }),
    ]);
  });

  test('10.4 a file that is full is followed by another, and no line is cut or lost', async () => {
    const folder = temporaryFolder();
    const files = await open(folder, 64 * 1024);
    const count = 1_000;
    for (let i = 0; i < count; i++) {
      files.closed(opening(`r${i}`), closing(`r${i}`));
      // The disk gets its turn, as it does between exchanges.
      if (i % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await files.close();
    const found = await filesOf(folder, 'requests');
    expect(found.length).toBeGreaterThan(2);
    const ids = (await linesOf(folder, 'requests')).map((line) => line['id']);
    expect(ids).toEqual(Array.from({ length: count }, (_, i) => `r${i}`));
    expect(files.lost).toBe(0);
  });

  test('10.4 files are deleted by their age, and nothing else is', async () => {
    const folder = temporaryFolder();
    const nowMs = Date.now();
    const make = (name: string, ageDays: number): void => {
      const path = join(folder, name);
      writeFileSync(path, '{}\n');
      const moment = new Date(nowMs - ageDays * 86_400_000);
      utimesSync(path, moment, moment);
    };
    make('requests.2026-01-01.1.log', 15);
    make('requests.2026-01-01.2.log', 13);
    make('errors.2026-01-01.1.log', 400);
    make('keys.2026-01-01.10.log', 14.1);
    make('requests.log', 400);
    make('notes.2026-01-01.1.log', 400);
    mkdirSync(join(folder, 'errors.2026-01-02.1.log'));
    expect(await deleteOld(folder, 14, nowMs)).toBe(3);
    expect(readdirSync(folder).sort()).toEqual([
      'errors.2026-01-02.1.log',
      'notes.2026-01-01.1.log',
      'requests.2026-01-01.2.log',
      'requests.log',
    ]);
    expect(await deleteOld(join(folder, 'nowhere'), 14, nowMs)).toBe(0);
  });

  test('10.4 opening the folder deletes what is too old', async () => {
    const folder = temporaryFolder();
    const old = join(folder, 'errors.2020-01-01.1.log');
    writeFileSync(old, '{}\n');
    utimesSync(old, new Date(1_600_000_000_000), new Date(1_600_000_000_000));
    const files = await open(folder);
    for (let turn = 0; turn < 500 && existsSync(old); turn++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await files.close();
    expect(existsSync(old)).toBe(false);
  });

  test('a folder that cannot be made is told in words', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const opened = await openLogFiles({
      folder: join(file, 'logs'),
      maxFileBytes: 65_536,
      retentionDays: 14,
      redactor: createRedactor(),
      onTrouble: () => undefined,
    });
    expect(opened).toMatchObject({ ok: false, message: expect.stringContaining('cannot be used') });
  });
});
