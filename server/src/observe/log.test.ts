import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { closing, opening } from '../../test/stores/exchanges.ts';
import { createLog, type LogLevel, type ProgramLog } from './log.ts';
import type { LogSink } from './log-sink.ts';
import { createRedactor, type Redactor } from './redact.ts';

interface Heard {
  readonly log: ProgramLog;
  readonly redactor: Redactor;
  readonly lines: string[];
}

function listen(terminal: boolean, level: LogLevel = 'debug'): Heard {
  const lines: string[] = [];
  const nothing = (): void => undefined;
  const sink: LogSink = {
    write: (line) => void lines.push(line),
    flush: nothing,
    reopen: nothing,
    close: () => Promise.resolve(),
  };
  const redactor = createRedactor();
  const created = createLog({ level, file: undefined, terminal, redactor, sink });
  if (!created.ok) throw new Error(created.message);
  return { log: created.log, redactor, lines };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('the log', () => {
  it('writes one JSON line per exchange, under the names of the ledger, with durations', () => {
    const { log, lines } = listen(false);
    log.exchange(
      opening('a', { receivedAtMs: 1000 }),
      closing('a', { endedAtMs: 1500, losses: 'seed=dropped' }),
    );
    expect(lines.length).toBe(1);
    expect(lines[0]?.endsWith('}\n')).toBe(true);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      id: 'a',
      route: 'chat.completions',
      use: 'generate',
      client_id: 'alice',
      dialect_in: 'openai-chat',
      dialect_out: 'anthropic-messages',
      model_asked: 'fast',
      model_served: 'claude-test-1',
      upstream_id: 'anthropic',
      key_id: 'k_1',
      attempts: 1,
      status: 200,
      losses: 'seed=dropped',
      headers_ms: 470,
      first_byte_ms: 480,
      ttft_ms: 490,
      duration_ms: 500,
      bytes_in: 1000,
      bytes_out: 2000,
      input_uncached: 100,
      input_cache_read: 40,
      input_cache_write: 6,
      input_audio: 0,
      output_text: 50,
      output_reasoning: 7,
      output_audio: 0,
      streamed: true,
      aborted: false,
      msg: 'exchange',
    });
  });

  it('warns of exchanges that the gateway or its upstreams failed, not of those that the client did', () => {
    const { log, lines } = listen(false);
    for (const status of [200, 404, 499, 500, 503]) log.exchange(opening('a'), closing('a', { status }));
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(['info', 'info', 'info', 'warn', 'warn']);
  });

  it('on a terminal writes one line of words per exchange', () => {
    const { log, lines } = listen(true);
    log.exchange(
      opening('a', { receivedAtMs: 1000 }),
      closing('a', {
        endedAtMs: 1500,
        status: 502,
        errorCode: 'upstream_closed',
        attempts: 2,
        losses: 'seed=dropped',
      }),
    );
    expect(lines.length).toBe(1);
    expect(lines[0]).toContain(
      '502 chat.completions  fast → claude-test-1  from anthropic  in 500 ms (first output 490 ms)  146→57 tokens  2 attempts  upstream_closed  lost: seed=dropped',
    );
    expect(lines[0]?.trimEnd()).not.toContain('\n');
  });

  it.each([true, false])('lets no canary through, in any field of anything (terminal: %s)', (terminal) => {
    const { log, redactor, lines } = listen(terminal);
    redactor.know(['my-canary-key']);
    const texts = [
      'my-canary-key',
      'say my-canary-key twice: my-canary-key',
      'Bearer shaped-canary',
      'x?key=url-canary',
    ];
    for (const text of texts) {
      log.exchange(
        opening('a', { clientId: text, conversationId: text, agentId: text }),
        closing('a', { modelAsked: text, modelServed: text, upstreamId: text, losses: text, status: 500 }),
      );
      log.warn(text, { text, deep: { list: [text] } });
      log.error(text, { error: new Error(text), [text]: 1 });
      log.info(text);
      log.debug(text);
    }
    expect(lines.length).toBe(texts.length * 5);
    expect(lines.join('')).toContain('[redacted]');
    expect(lines.join('')).not.toMatch(/canary/);
  });

  it.each([true, false])(
    'never lets a name begin a line or steer the terminal (terminal: %s)',
    (terminal) => {
      const { log, lines } = listen(terminal);
      const evil = 'model\r\n{"level":"error","msg":"forged"}\u001b[2J\u009b2J';
      log.exchange(opening('a'), closing('a', { modelServed: evil }));
      log.warn(evil);
      for (const line of lines) {
        expect(line.trimEnd().split(/[\r\n]/).length).toBe(1);
        expect(line).not.toContain('\u001b[2J');
      }
    },
  );

  it('keeps to its level, which can be changed while it runs', () => {
    const { log, lines } = listen(false, 'warn');
    log.exchange(opening('a'), closing('a'));
    log.info('quiet');
    log.warn('loud');
    log.setLevel('info');
    log.exchange(opening('a'), closing('a'));
    log.setLevel('silent');
    log.error('nothing');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['loud', 'exchange']);
  });

  it('says what an error is and survives fields that cannot be written', () => {
    const { log, lines } = listen(false);
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    log.error('odd', { error: new TypeError('broken'), circle, big: 10n, nothing: undefined });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'odd', error: { message: 'broken' } });
  });
});

describe('a log file', () => {
  function open(file: string): ProgramLog {
    const created = createLog({ level: 'info', file, terminal: true, redactor: createRedactor() });
    if (!created.ok) throw new Error(created.message);
    return created.log;
  }

  it('is for this user alone, made with its folder, and gets JSON even when started from a terminal', async () => {
    const file = join(temporaryFolder(), 'logs', 'sluice.log');
    const log = open(file);
    log.info('first');
    log.info('second');
    await expect.poll(() => readFileSync(file, 'utf8').split('\n').length).toBe(3);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    expect(JSON.parse(readFileSync(file, 'utf8').split('\n')[1] ?? '').msg).toBe('second');
  });

  it('has every line, in order, once close() resolves', async () => {
    const file = join(temporaryFolder(), 'sluice.log');
    const log = open(file);
    for (let i = 0; i < 5000; i++) log.info(`line ${i}`);
    await log.close();
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(lines.map((_, i) => `line ${i}`));
    expect(lines.length).toBe(5000);
  });

  it('keeps every line whole, however long and in any script', async () => {
    const file = join(temporaryFolder(), 'sluice.log');
    const log = open(file);
    const texts = [1, 70_000, 3, 200_000, 20_000, 20_000, 20_000, 5].map((length, i) =>
      (['a', 'é', '漢', '🦊'][i % 4] ?? '').repeat(length),
    );
    for (const text of texts) log.info(text);
    await log.close();
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(texts);
  });

  it('has what was collected once flush() returns', () => {
    const file = join(temporaryFolder(), 'sluice.log');
    const log = open(file);
    log.info('last words');
    log.flush();
    expect(readFileSync(file, 'utf8')).toContain('last words');
  });

  it.skipIf(!existsSync('/dev/full'))(
    'on a full disk neither throws nor waits, and says so once',
    async () => {
      const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
      onTestFinished(() => said.mockRestore());
      const created = createLog({
        level: 'info',
        file: '/dev/full',
        terminal: false,
        redactor: createRedactor(),
      });
      if (!created.ok) throw new Error(created.message);
      for (let i = 0; i < 1000; i++) created.log.info(`line ${i}`);
      created.log.flush();
      created.log.info('more');
      await created.log.close();
      expect(said.mock.calls.map(([text]) => text)).toEqual([
        expect.stringMatching(/^The log cannot be written to \/dev\/full \(ENOSPC.*\); lines are lost\.\n$/),
      ]);
    },
  );

  it('is opened again after it was moved away', async () => {
    const file = join(temporaryFolder(), 'sluice.log');
    const log = open(file);
    log.info('before');
    log.flush();
    renameSync(file, `${file}.1`);
    log.reopen();
    await expect.poll(() => existsSync(file)).toBe(true);
    log.info('after');
    await expect.poll(() => readFileSync(file, 'utf8')).toContain('after');
    expect(readFileSync(`${file}.1`, 'utf8')).toMatch(/before/);
    expect(readFileSync(`${file}.1`, 'utf8')).not.toMatch(/after/);
  });

  it('that cannot be written is explained', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'sluice.log'));
    const created = createLog({
      level: 'info',
      file: join(folder, 'sluice.log'),
      terminal: false,
      redactor: createRedactor(),
    });
    expect(created).toEqual({
      ok: false,
      message: expect.stringMatching(
        /^The log cannot be written to .*EISDIR.* set log\.file to another path\.$/,
      ),
    });
  });
});
