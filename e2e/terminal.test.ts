// The commands that show a running gateway, each as a program of its own beside the real gateway: status, rate, top, doctor.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { skipLoudly } from './kit/availability.ts';
import { type Gateway, isolated, startGateway } from './kit/gateway.ts';
import { run, start } from './kit/program.ts';
import { type AtTerminal, atTerminal, hasPseudoTerminal } from './kit/pseudo-terminal.ts';
import { until } from './kit/until.ts';

const BUILT = fileURLToPath(new URL('../server/dist/main.js', import.meta.url));

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of cleanup.splice(0).reverse()) await end();
});

async function gateway(env: Readonly<Record<string, string>> = {}): Promise<Gateway> {
  const started = await startGateway({ env });
  cleanup.push(() => started.stop());
  return started;
}

const portOf = ({ origin }: Gateway): string => new URL(origin).port;

/** One streamed answer of the demo model, read to its end. */
async function chat({ origin }: Gateway): Promise<void> {
  const answer = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'sluice-demo',
      stream: true,
      messages: [{ role: 'user', content: 'Hello!' }],
    }),
  });
  expect(answer.status).toBe(200);
  await answer.text();
}

describe('10.8 sluice rate', () => {
  test('10.8 prints what has just flowed, in the format of each bar, from the first call on', async () => {
    const running = await gateway();
    await chat(running);
    const rate = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await running.command('rate', '--port', portOf(running), ...args);
      expect([code, stderr]).toEqual([0, '']);
      return stdout.trimEnd();
    };
    // The row is in the ledger a moment after the answer has ended.
    const text = await until(
      async () => {
        const line = await rate();
        return line === '↑0 ↓0 tok/s' ? undefined : line;
      },
      () => 'The rate stayed at nothing.',
    );
    expect(text).toMatch(/^↑\d+ ↓\d+ tok\/s$/);
    expect(await rate('--mode', 'combined', '--format', 'tmux')).toMatch(/^\d+ tok\/s$/);
    expect((await rate('--mode', 'both', '--format', 'xbar')).split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^\d+ \(↑\d+ ↓\d+\) tok\/s$/),
      '---',
    ]);
    expect(JSON.parse(await rate('--format', 'waybar'))).toMatchObject({
      text: expect.stringMatching(/tok\/s$/),
    });
  });

  test('10.8 is quiet in a bar and fails in a script while no gateway runs', async () => {
    const running = await gateway();
    const at = (format: string): ReturnType<Gateway['command']> =>
      running.command('rate', '--port', '1', '--format', format);
    expect(await at('xbar')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^– \| color=gray\n---\n/),
    });
    expect(await at('tmux')).toEqual({ code: 0, stderr: '', stdout: '\n' });
    expect(await at('waybar')).toMatchObject({ code: 0, stderr: '' });
    expect(await at('text')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('No gateway runs'),
    });
  });

  test('10.8 goes on with a line whenever the rate changes, until it is stopped', async () => {
    const running = await gateway();
    const args = [BUILT, 'rate', '--watch', '--format', 'waybar', '--port', portOf(running)];
    const watching = start(process.execPath, args, isolated(running.folder));
    cleanup.push(() => watching.kill());
    await until(() => (watching.stdout().includes('"idle"') ? true : undefined), watching.stderr);
    await chat(running);
    await until(() => (watching.stdout().includes('"active"') ? true : undefined), watching.stdout);
    watching.signal('SIGTERM');
    const { code, stdout } = await watching.ended;
    expect(code).toBe(0);
    for (const line of stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('class');
  });
});

describe('sluice status', () => {
  test('tells what the gateway does, for people and as JSON', async () => {
    const running = await gateway();
    await chat(running);
    const json = await until(
      async () => {
        const { stdout } = await running.command('status', '--json', '--port', portOf(running));
        const read = JSON.parse(stdout) as { today: { requests: number } };
        return read.today.requests === 1 ? read : undefined;
      },
      () => 'The request is not counted.',
    );
    expect(json).toMatchObject({
      running: true,
      origin: running.origin,
      demo: true,
      inFlight: 0,
      keys: { ready: 1 },
    });
    const { code, stdout } = await running.command('status', '--port', portOf(running));
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^● Sluice \d.* up /)]);
    expect(await running.command('status', '--port', '1')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('No gateway runs'),
    });
    expect(await running.command('status', '--json', '--port', '1')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('"running": false'),
    });
  });
});

describe('sluice top', () => {
  test('prints one frame and ends where there is no terminal', async () => {
    const running = await gateway();
    await chat(running);
    await until(
      async () => {
        const { code, stdout } = await running.command('top', '--port', portOf(running));
        expect(code).toBe(0);
        expect(stdout).not.toContain('\u001b');
        return /sluice-demo .* 1 /.test(stdout) ? true : undefined;
      },
      () => 'The request is not in the table.',
    );
  });

  describe.skipIf(!terminalThere())('at a terminal', () => {
    async function top(running: Gateway, more = ''): Promise<AtTerminal> {
      const shell = `sh -c 'echo pid=$$; exec "${process.execPath}" ${more} "${BUILT}" top --port ${portOf(running)}'; echo code=$?; stty -a; echo over`;
      const at = atTerminal(shell, isolated(running.folder));
      cleanup.push(() => at.kill());
      await until(() => (at.seen().includes('tok/s') ? true : undefined), at.seen);
      return at;
    }

    function expectGivenBack(seen: string, code = 0): void {
      const [, after = ''] = seen.split('\u001b[?1049l');
      expect(seen).toContain('\u001b[?1049h');
      expect(after).toContain(`code=${code}`);
      // The terminal shows what is typed, and waits for whole lines again.
      expect(after).toMatch(/(?<!-)\bicanon\b/);
      expect(after).toMatch(/(?<!-)\becho\b/);
      expect(seen.lastIndexOf('\u001b[?25h')).toBeGreaterThan(seen.lastIndexOf('\u001b[?25l'));
    }

    test('shows a request that has ended, takes keys, and gives the terminal back at q', async () => {
      const running = await gateway();
      const at = await top(running);
      await chat(running);
      await until(() => (at.seen().includes('sluice-demo') ? true : undefined), at.seen);
      at.type('u');
      await until(() => (at.seen().includes('upstream, last 15 minutes') ? true : undefined), at.seen);
      at.type(' ');
      await until(() => (at.seen().includes('PAUSED') ? true : undefined), at.seen);
      at.type('q');
      await until(() => (at.seen().includes('over') ? true : undefined), at.seen);
      expectGivenBack(at.seen());
    });

    test('gives the terminal back when it is told to end', async () => {
      const at = await top(await gateway());
      const pid = Number(/pid=(\d+)/.exec(at.seen())?.[1]);
      process.kill(pid, 'SIGTERM');
      await until(() => (at.seen().includes('over') ? true : undefined), at.seen);
      expectGivenBack(at.seen());
    });

    test('gives the terminal back after a defect, which can be read then', async () => {
      const running = await gateway();
      const defect = join(running.folder, 'defect.mjs');
      await writeFile(defect, "process.on('SIGUSR2', () => { throw new Error('a defect'); });");
      const at = await top(running, `--import "${pathToFileURL(defect).href}"`);
      process.kill(Number(/pid=(\d+)/.exec(at.seen())?.[1]), 'SIGUSR2');
      await until(() => (at.seen().includes('over') ? true : undefined), at.seen);
      expectGivenBack(at.seen(), 1);
      expect(at.seen().split('\u001b[?1049l')[1]).toContain('a defect');
    });

    test('says that the gateway has gone', async () => {
      const running = await startGateway();
      const at = await top(running);
      await running.stop();
      await until(() => (at.seen().includes('is looked for again') ? true : undefined), at.seen);
      at.type('q');
      await at.ended;
    });
  });
});

function terminalThere(): boolean {
  const there = hasPseudoTerminal();
  if (!there) skipLoudly('There is no pseudo-terminal.', 'Install util-linux (script).');
  return there;
}

describe('sluice doctor', () => {
  test('looks at the running gateway and its data, and ends with 0 where nothing is broken', async () => {
    const running = await gateway();
    await chat(running);
    const { code, stdout } = await running.command(
      'doctor',
      '--json',
      '--offline',
      '--port',
      portOf(running),
    );
    const { findings } = JSON.parse(stdout) as {
      findings: { check: string; state: string; message: string }[];
    };
    const about = (check: string): unknown => findings.find((one) => one.check === check);
    expect(about('port')).toMatchObject({ state: 'ok', message: expect.stringContaining('runs at') });
    expect(about('database')).toMatchObject({ state: 'ok' });
    expect(about('secrets')).toMatchObject({ state: 'ok' });
    expect([code, findings.filter(({ state }) => state === 'problem')]).toEqual([0, []]);
  });
});

describe('sluice completion', () => {
  test('bash proposes every command that the help names, and the options of each', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-completion-'));
    cleanup.push(() => rm(folder, { recursive: true, force: true }));
    const at = isolated(folder);
    const help = await run(process.execPath, [BUILT, '--help'], at, 60_000);
    const named = [...help.stdout.matchAll(/^ {2}([a-z]+)(?= |\||$)/gm)].map((match) => match[1] ?? '');
    expect(named).toEqual(
      expect.arrayContaining(['serve', 'keys', 'doctor', 'status', 'rate', 'top', 'updates']),
    );
    const script = join(folder, 'sluice.bash');
    const made = await run(process.execPath, [BUILT, 'completion', 'bash'], at, 60_000);
    await writeFile(script, made.stdout);
    const proposed = async (line: string): Promise<string[]> => {
      const words = line.split(' ');
      const typed = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`;
      const ask = `. '${script}'; ${typed}; _sluice; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { code, stdout, stderr } = await run('bash', ['--norc', '-c', ask], at, 60_000);
      expect([code, stderr]).toEqual([0, '']);
      return stdout.trimEnd().split('\n');
    };
    expect(await proposed('sluice ')).toEqual(expect.arrayContaining(named));
    expect(await proposed('sluice rate --format ')).toEqual(['text', 'xbar', 'waybar', 'tmux']);
    expect(await proposed('sluice keys te')).toEqual(['test']);
    expect(await proposed('sluice --port 1 doctor --off')).toEqual(['--offline']);
  });
});

describe('nothing asks for updates by itself', () => {
  test('a gateway that starts, serves and stops opens no connection to another machine', async () => {
    const seen = await watchFolder();
    const running = await startGateway({
      env: { NODE_OPTIONS: `--import=${pathToFileURL(seen.hook).href}` },
    });
    await chat(running);
    await chat(running);
    await running.stop();
    const lines = (await readFile(seen.log, 'utf8')).split('\n').filter((line) => line !== '');
    // The demo model is on this machine: that shows that connections are seen at all.
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !/^(?:127\.0\.0\.1|::1|localhost) /.test(line))).toEqual([]);
  });
});

/** A module that notes where a process connects to, and the file that it writes. */
async function watchFolder(): Promise<{ readonly hook: string; readonly log: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-connects-'));
  cleanup.push(() => rm(folder, { recursive: true, force: true }));
  const log = join(folder, 'connects.log');
  const hook = join(folder, 'hook.mjs');
  await writeFile(log, '');
  await writeFile(
    hook,
    `import { appendFileSync } from 'node:fs';
import dns from 'node:dns';
import net from 'node:net';
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (options !== null && typeof options === 'object' && options.path === undefined)
    appendFileSync(${JSON.stringify(log)}, (options.host ?? 'localhost') + ' ' + options.port + '\\n');
  return connect.apply(this, args);
};
const { lookup } = dns;
dns.lookup = function (name, ...rest) {
  appendFileSync(${JSON.stringify(log)}, name + ' lookup\\n');
  return lookup.call(this, name, ...rest);
};
`,
  );
  return { hook, log };
}
