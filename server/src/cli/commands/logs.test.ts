import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, onTestFinished, test } from 'vitest';
import { recordingTerminal } from '../../../test/kit/recording-terminal.ts';
import { logsCommand } from './logs.ts';

interface Run {
  readonly cwd: string;
  readonly said: { out: string; err: string; code: number };
  run(args: readonly string[], stopped?: AbortSignal): Promise<void>;
}

const REQUEST = {
  id: 'req_1',
  route: 'chat.completions',
  model_asked: 'fast',
  model_served: 'model-1',
  upstream_id: 'one',
  attempts: 2,
  status: 200,
  duration_ms: 1234,
  input_uncached: 10,
  input_cache_read: 5,
  output_text: 7,
  cost_nano_usd: 1_500_000,
  cost_state: 'exact',
};

const line = (agoMs: number, json: object): string =>
  `${JSON.stringify({ time: new Date(Date.now() - agoMs).toISOString(), ...json })}\n`;

function setting(): Run {
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-logs-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  mkdirSync(join(cwd, 'logs'));
  const { terminal, said } = recordingTerminal(cwd);
  const run = async (args: readonly string[], stopped?: AbortSignal): Promise<void> => {
    const program = new Command('sluice').addCommand(logsCommand(terminal, stopped));
    await program.parseAsync(['logs', ...args], { from: 'user' });
  };
  return { cwd, said, run };
}

describe('sluice logs', () => {
  test('shows the requests of the last hour in order of their files, in words', async () => {
    const { cwd, said, run } = setting();
    writeFileSync(join(cwd, 'logs/requests.2026-01-01.2.log'), line(1_000, { ...REQUEST, id: 'second' }));
    writeFileSync(
      join(cwd, 'logs/requests.2026-01-01.1.log'),
      line(7_200_000, { ...REQUEST, id: 'too-old' }) + line(2_000, { ...REQUEST, id: 'first' }),
    );
    await run(['--folder', 'logs']);
    const [first, second, rest] = said.out.split('\n');
    expect(first).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}200 {2}chat\.completions {2}fast → model-1 {2}from one {2}1234 ms {2}15→7 tokens {2}\$0\.001500 {2}2 attempts {2}first$/,
    );
    expect(second).toContain('second');
    expect(rest).toBe('');
    said.out = '';
    await run(['--folder', 'logs', '--since', 'all', '--json']);
    expect(
      said.out
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text).id),
    ).toEqual(['too-old', 'first', 'second']);
  });

  test('shows errors with their attempts, and events of keys', async () => {
    const { cwd, said, run } = setting();
    const tries = [
      {
        attempt: 1,
        upstream_id: 'one',
        key_id: 'k_1',
        model: 'm',
        end: 'failed',
        status: 429,
        reason: 'rate-limited',
        duration_ms: 12,
        upstream_request_id: 'req_tried',
      },
    ];
    writeFileSync(
      join(cwd, 'logs/errors.2026-01-01.1.log'),
      line(0, {
        ...REQUEST,
        status: 502,
        error_code: 'upstream_error',
        error_message: 'It broke\u001b[31m.',
        upstream_request_id: 'req_last',
        tries,
      }),
    );
    writeFileSync(
      join(cwd, 'logs/keys.2026-01-01.1.log'),
      line(0, { event: 'quarantined', upstream_id: 'one', key_id: 'k_1', reason: 'bad-key', status: 401 }),
    );
    await run(['--folder', 'logs', '--errors']);
    expect(said.out).toContain('502');
    expect(said.out).toContain("  provider's id req_last  ");
    expect(said.out).toContain(
      "\n  1.  one/k_1  m  failed  429 rate-limited  12 ms  provider's id req_tried\n",
    );
    expect(said.out).not.toContain('\u001b');
    said.out = '';
    await run(['--folder', 'logs', '--keys']);
    expect(said.out).toContain('quarantined  one/k_1  bad-key 401');
  });

  test('follows what is added, also to files that come later', async () => {
    const { cwd, said, run } = setting();
    const ended = new AbortController();
    const path = join(cwd, 'logs/requests.2026-01-01.1.log');
    writeFileSync(path, line(0, { ...REQUEST, id: 'one' }));
    const running = run(['--folder', 'logs', '--follow'], ended.signal);
    const shown = async (text: string): Promise<void> => {
      for (let turn = 0; turn < 500 && !said.out.includes(text); turn++)
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(said.out).toContain(text);
    };
    await shown('  one\n');
    const whole = line(0, { ...REQUEST, id: 'two' });
    appendFileSync(path, whole.slice(0, 30));
    writeFileSync(join(cwd, 'logs/requests.2026-01-02.1.log'), line(0, { ...REQUEST, id: 'three' }));
    await shown('  three\n');
    appendFileSync(path, whole.slice(30));
    await shown('  two\n');
    ended.abort();
    await running;
    expect(said.out.trim().split('\n')).toHaveLength(3);
  });

  test('takes the folder from the configuration', async () => {
    const { cwd, said, run } = setting();
    const config = (log: object): void =>
      writeFileSync(
        join(cwd, 'sluice.jsonc'),
        JSON.stringify({ upstreams: [{ id: 'a', provider: 'ollama' }], log }),
      );
    config({ folder: './logs' });
    await run([]);
    expect(said).toMatchObject({ code: 0, err: expect.stringContaining('There are no files of requests') });
  });

  test.each([
    [['--errors', '--keys'], 'Choose one of'],
    [['--since', 'yesterday'], 'is no time'],
  ])('refuses %j', async (args, words) => {
    const { said, run } = setting();
    await run(['--folder', 'logs', ...args]);
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining(words) });
  });
});
