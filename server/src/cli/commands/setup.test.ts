import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, onTestFinished, test } from 'vitest';
import { recordingTerminal, type Said } from '../../../test/kit/recording-terminal.ts';
import { hashKey } from '../../config/resolve-clients.ts';
import { SNIPPETS } from '../../setup/snippets/index.ts';
import type { SetupDialogue } from '../ui/ask-setup.ts';
import { runCommand } from './run.ts';
import { setupCommand } from './setup.ts';

/** One request that reached the gateway. */
interface Seen {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly body: string;
}

interface FakeGateway {
  readonly port: number;
  readonly seen: readonly Seen[];
  stop(): Promise<void>;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

/** A gateway that takes the keys that `takes` says yes to, and has one model. */
async function gateway(takes: (key: string) => boolean = () => true): Promise<FakeGateway> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const { authorization, 'x-goog-api-key': google } = request.headers;
      const key = String(google ?? authorization?.replace(/^Bearer /, '') ?? '');
      const path = request.url ?? '';
      seen.push({ method: request.method ?? '', path, key, body });
      const answer = (status: number, content: object): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
      };
      if (path === '/health') return answer(200, { status: 'ok' });
      if (!takes(key)) return answer(401, { error: { message: 'This client key is not known.' } });
      if (path === '/v1beta/models')
        return answer(200, { models: [{ name: 'models/m', outputTokenLimit: 900 }] });
      if (path === '/v1/models') return answer(200, { data: [{ id: 'm', context_length: 5000 }] });
      return body.includes('broken')
        ? answer(404, { error: { message: 'No such model.' } })
        : answer(200, {});
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(stop);
  return { port: (server.address() as AddressInfo).port, seen, stop };
}

interface Home {
  readonly folder: string;
  run(...args: readonly string[]): Promise<Said>;
  file(path: string): string;
  put(path: string, text: string): void;
  has(path: string): boolean;
}

const nobody: SetupDialogue = {
  chooseTools: () => Promise.reject(new Error('Nobody is to be asked.')),
  agrees: () => Promise.reject(new Error('Nobody is to be asked.')),
};

/** A home with `sluice.jsonc` in its working directory. */
function home(port: number, config: object = {}, dialogue?: SetupDialogue, path = ''): Home {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-setup-'));
  const file = { server: { port }, upstreams: [{ id: 'a', provider: 'ollama' }], ...config };
  writeFileSync(join(folder, 'sluice.jsonc'), JSON.stringify(file), { mode: 0o600 });
  const at = (name: string): string => join(folder, 'home', name);
  return {
    folder,
    run: async (...args) => {
      const env = { XDG_DATA_HOME: join(folder, 'data'), PATH: path };
      const { terminal, said } = recordingTerminal(folder, { env, interactive: dialogue !== undefined });
      const program = new Command('sluice')
        .addCommand(setupCommand(terminal, dialogue ?? nobody))
        .addCommand(runCommand(terminal));
      await program.parseAsync([...args], { from: 'user' });
      return said;
    },
    file: (name) => readFileSync(at(name), 'utf8'),
    has: (name) => existsSync(at(name)),
    put: (name, text) => {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), text);
    },
  };
}

const CLIENTS = { clients: [{ id: 'me', keyHash: `sha256:${hashKey('sk-sluice-mine-0123456789')}` }] };
const SETTINGS = '.claude/settings.json';

describe('sluice setup', () => {
  test('13.4 writes a placeholder where the gateway asks for no key, and probes in the format of the tool', async () => {
    const { port, seen } = await gateway();
    const { run, file } = home(port);
    const { code, err, out } = await run('setup', 'claude', '--model', 'm');
    expect([code, err]).toEqual([0, expect.stringContaining('one token of m by POST /v1/messages')]);
    expect(JSON.parse(file(SETTINGS)).env).toEqual({
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
      ANTHROPIC_MODEL: 'm',
      ANTHROPIC_DEFAULT_HAIKU_MODEL: 'm',
      CLAUDE_CODE_MAX_CONTEXT_TOKENS: '5000',
      CLAUDE_CODE_MAX_OUTPUT_TOKENS: '900',
      ANTHROPIC_AUTH_TOKEN: 'sluice',
    });
    expect(out).toContain('+    "ANTHROPIC_AUTH_TOKEN": "sluice"');
    expect(seen.at(-1)).toMatchObject({ method: 'POST', path: '/v1/messages', key: 'sluice' });
    expect(JSON.parse(seen.at(-1)?.body ?? '')).toMatchObject({ model: 'm', max_tokens: 1 });
  });

  test('13.4 makes a client with --yes, shows its key nowhere, and uses it again the next time', async () => {
    const hashes = (text: string): readonly string[] =>
      [...text.matchAll(/sha256:([0-9a-f]{64})/g)].map(([, hash = '']) => hash);
    let folder = '';
    const { port } = await gateway((key) =>
      hashes(readFileSync(join(folder, 'sluice.jsonc'), 'utf8')).includes(hashKey(key)),
    );
    const own = home(port, CLIENTS);
    folder = own.folder;
    const refused = await own.run('setup', 'claude');
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('--yes')]);
    expect(own.has(SETTINGS)).toBe(false);

    const first = await own.run('setup', 'claude', '--yes');
    expect(first.code).toBe(0);
    const token = JSON.parse(own.file(SETTINGS)).env.ANTHROPIC_AUTH_TOKEN;
    expect(token).toMatch(/^sk-sluice-[\w-]{32}$/);
    expect(first.out + first.err).not.toContain(token);
    expect(statSync(join(folder, 'home', SETTINGS)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, 'data', 'sluice', 'setup.json'), 'utf8')).not.toContain(token);

    expect((await own.run('setup', 'claude')).code).toBe(0);
    expect(JSON.parse(own.file(SETTINGS)).env.ANTHROPIC_AUTH_TOKEN).toBe(token);
    expect(hashes(readFileSync(join(folder, 'sluice.jsonc'), 'utf8'))).toHaveLength(2);
    const undone = await own.run('setup', '--undo', 'claude');
    expect(undone.err).toContain('clients revoke claude-code');
    expect(own.has('.claude')).toBe(false);
  });

  test('13.7 --dry-run shows a diff without secrets, and changes nothing', async () => {
    const { port } = await gateway();
    const { run, file, put, has, folder } = home(port, CLIENTS);
    const text = 'GEMINI_API_KEY=AIzaSecretOfMine\nOTHER_TOKEN="hush hush"\n';
    put('.gemini/.env', text);
    const { code, out, err } = await run('setup', 'gemini', '--dry-run');
    expect(code).toBe(0);
    expect(out).toContain(`+GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:${port}`);
    for (const secret of ['AIzaSecretOfMine', 'hush', 'sk-sluice']) expect(out + err).not.toContain(secret);
    expect(err).toContain('A client key is made for it before');
    expect(file('.gemini/.env')).toBe(text);
    expect([has('.gemini/settings.json'), has('.gemini/.env.sluice.bak')]).toEqual([false, false]);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  test('13.7 keeps the first original through later set-ups, and says what somebody else changed since', async () => {
    const { port } = await gateway();
    const { run, file, put, has } = home(port);
    put('.codex/config.toml', 'model = "o3"\n');
    await run('setup', 'codex');
    await run('setup', 'codex', '--model', 'm');
    expect(file('.codex/config.toml.sluice.bak')).toBe('model = "o3"\n');
    put('.codex/config.toml', `${file('.codex/config.toml')}\n[mine]\nx = 1\n`);
    const { err, code } = await run('setup', '--undo');
    expect([code, err]).toEqual([0, expect.stringContaining('has been changed since')]);
    expect(file('.codex/config.toml')).toBe('model = "o3"\n\n[mine]\nx = 1\n');
    expect(has('.codex/sluice-models.json')).toBe(false);
    expect((await run('setup', '--undo')).err).toContain('Nothing is set up');
  });

  test('refuses a file with mistakes in it, and names the line', async () => {
    const { port } = await gateway();
    const { run, file, put } = home(port);
    put(SETTINGS, '{\n  "env": {,}\n}\n');
    const { code, err } = await run('setup', 'claude');
    expect([code, err]).toEqual([1, expect.stringContaining('Line 2 is not JSON')]);
    expect(file(SETTINGS)).toBe('{\n  "env": {,}\n}\n');
  });

  test('says why the probe failed: the model, the key, the gateway', async () => {
    const { port, stop } = await gateway((key) => key !== 'wrong');
    const { run } = home(port);
    expect((await run('setup', 'codex', '--model', 'broken')).err).toContain('404: No such model.');
    const url = `http://127.0.0.1:${port}`;
    expect((await run('setup', 'codex', '--url', url, '--key', 'wrong')).err).toContain(
      'another one with --key',
    );
    await stop();
    const gone = await run('setup', 'codex');
    expect([gone.code, gone.err]).toEqual([1, expect.stringContaining('cannot be reached (ECONNREFUSED)')]);
  });

  test('goes on with the next tool where the probe of one has failed, and fails at the end', async () => {
    const { port } = await gateway();
    const { run, has } = home(port);
    const { code, err } = await run('setup', 'codex', 'gemini', '--model', 'broken');
    expect([code, err]).toEqual([1, expect.stringContaining('Gemini CLI uses')]);
    expect([has('.codex/config.toml'), has('.gemini/.env')]).toEqual([true, true]);
  });

  test('takes an address with https and a path, and a version off its end', async () => {
    const { run, file } = home(1);
    await run('setup', 'claude', '--url', 'https://127.0.0.1:9/gate/v1/', '--key', 'k', '--no-probe');
    expect(JSON.parse(file(SETTINGS)).env.ANTHROPIC_BASE_URL).toBe('https://127.0.0.1:9/gate');
    expect((await run('setup', 'claude', '--url', '127.0.0.1:9')).err).toContain('http://');
  });

  test('makes a key for the gateway of this machine under any of its names', async () => {
    const { run, file } = home(9, CLIENTS);
    expect((await run('setup', 'claude', '--url', 'http://localhost:9', '--yes', '--no-probe')).code).toBe(0);
    const { env } = JSON.parse(file(SETTINGS));
    expect(env.ANTHROPIC_BASE_URL).toBe('http://localhost:9');
    expect(env.ANTHROPIC_AUTH_TOKEN).toMatch(/^sk-sluice-/);
  });

  test('a gateway elsewhere that wants a key needs one to be given', async () => {
    const { port } = await gateway(() => false);
    const { run, has } = home(1);
    const { code, err } = await run('setup', 'claude', '--url', `http://127.0.0.1:${port}`);
    expect([code, err]).toEqual([1, expect.stringContaining('asks for a client key')]);
    expect(has('.claude')).toBe(false);
  });

  test('without a name it lists what is here, or asks for it and for leave to write', async () => {
    const { port } = await gateway();
    const quiet = home(port);
    quiet.put(SETTINGS, '{}');
    const { out, err } = await quiet.run('setup');
    expect(out).toContain('claude\tClaude Code');
    expect(err).toContain('sluice setup claude');

    const asked: string[] = [];
    const person: SetupDialogue = {
      chooseTools: async (choices) => choices.map(({ id }) => id),
      agrees: async (question) => {
        asked.push(question);
        return false;
      },
    };
    const live = home(port, {}, person);
    live.put(SETTINGS, '{}');
    expect((await live.run('setup')).err).toContain('Nothing was changed.');
    expect(asked).toEqual([expect.stringContaining('settings.json')]);
    expect(live.file(SETTINGS)).toBe('{}');
  });

  test('status says where each tool points, who pointed it there, and whether that works', async () => {
    const { port } = await gateway((key) => key !== 'old');
    const { run, put } = home(port);
    await run('setup', 'claude', 'codex');
    put('.gemini/.env', `GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:${port}\nGEMINI_API_KEY=old\n`);
    put('.codex/config.toml', '');
    const { out } = await run('setup', 'status', '--json');
    const url = `http://127.0.0.1:${port}`;
    expect(JSON.parse(out)).toMatchObject([
      { tool: 'claude-code', url, by: 'sluice', answers: true, tokenAccepted: true },
      { tool: 'codex', url: null, by: 'changed', answers: null },
      { tool: 'gemini-cli', url, by: 'hand', answers: true, tokenAccepted: false },
    ]);
    const shown = (await run('setup', 'status')).out;
    expect(shown).toContain(`Gemini CLI  ${url}  answers, does not take the token`);
    expect(shown).toContain('Codex  at its vendor');
  });

  test.each(SNIPPETS.map(({ id }) => [id]))('13.9 prints how %s is told', async (id) => {
    const { port } = await gateway();
    const { run } = home(port, CLIENTS);
    const { out, code } = await run('setup', id, '--model', `it's "m"`);
    expect(code).toBe(0);
    expect(out).toContain(`http://127.0.0.1:${port}`);
    // Libraries of Anthropic and Google, and curl with a whole path, add the version themselves.
    expect(/(?:anthropic|google)-/.test(id)).toBe(!/127\.0\.0\.1:\d+\/v1/.test(out));
    expect(out).toMatch(/SLUICE_API_KEY|YOUR-CLIENT-KEY/);
  });

  test('a name that nobody knows is answered with those that there are', async () => {
    const { err, code } = await home(1).run('setup', 'vim');
    expect([code, err]).toEqual([1, expect.stringMatching(/claude, codex, opencode, gemini.*cursor/)]);
  });
});

describe('sluice run', () => {
  /** A program that stands for a tool: it writes down what it was given, and ends as it is told. */
  function program(folder: string, name: string, script: string): string {
    const bin = join(folder, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
    return bin;
  }

  test('starts the tool with the gateway in its environment, hands on arguments and exit code, and leaves no file', async () => {
    const { port } = await gateway();
    const folder = mkdtempSync(join(tmpdir(), 'sluice-run-test-'));
    const note = join(folder, 'note');
    const script = `printf '%s|' "$ANTHROPIC_BASE_URL" "$ANTHROPIC_AUTH_TOKEN" "$@" > ${note}; exit 7`;
    const own = home(port, {}, undefined, program(folder, 'claude', script));
    const { code } = await own.run('run', 'claude', '--key', 'k', '--', '-p', 'a b', '--model', 'x');
    expect(code).toBe(7);
    expect(readFileSync(note, 'utf8')).toBe(`http://127.0.0.1:${port}|k|-p|a b|--model|x|`);
    expect(readdirSync(own.folder)).toEqual(['sluice.jsonc']);
  });

  test('gives Gemini CLI a home in which it signs in by key, and all else is that of the user', async () => {
    const { port } = await gateway();
    const folder = mkdtempSync(join(tmpdir(), 'sluice-run-test-'));
    const note = join(folder, 'note');
    const script = `cd "$GEMINI_CLI_HOME/.gemini" && cat settings.json GEMINI.md > ${note}`;
    const own = home(port, {}, undefined, `${program(folder, 'gemini', script)}:/bin:/usr/bin`);
    const settings = '{ "security": { "auth": { "selectedType": "oauth-personal" } } } // mine\n';
    own.put('.gemini/settings.json', settings);
    own.put('.gemini/GEMINI.md', 'Be brief.\n');
    expect((await own.run('run', 'gemini')).code).toBe(0);
    expect(readFileSync(note, 'utf8')).toBe(
      `${settings.replace('oauth-personal', 'gemini-api-key')}Be brief.\n`,
    );
    expect(own.file('.gemini/settings.json')).toBe(settings);
  });

  test('hands signals on to the tool, which decides what comes of them', async () => {
    const { port } = await gateway();
    const folder = mkdtempSync(join(tmpdir(), 'sluice-run-test-'));
    const ready = join(folder, 'ready');
    const script = `trap 'exit 9' USR2; : > ${ready}; while :; do sleep 0.05; done`;
    const own = home(port, {}, undefined, `${program(folder, 'claude', script)}:/bin:/usr/bin`);
    const running = own.run('run', 'claude');
    await expect.poll(() => existsSync(ready), { timeout: 10_000 }).toBe(true);
    process.emit('SIGUSR2', 'SIGUSR2');
    expect((await running).code).toBe(9);
    expect(process.listenerCount('SIGUSR2')).toBe(0);
  });

  test('ends as a shell would say it where a signal ended the tool', async () => {
    const { port } = await gateway();
    const folder = mkdtempSync(join(tmpdir(), 'sluice-run-test-'));
    const own = home(port, {}, undefined, program(folder, 'claude', 'kill -TERM $$'));
    expect((await own.run('run', 'claude')).code).toBe(143);
  });

  test('says what is missing: the tool, the gateway, the key', async () => {
    const { port, stop } = await gateway((key) => key === 'good');
    const folder = mkdtempSync(join(tmpdir(), 'sluice-run-test-'));
    const bin = program(folder, 'claude', 'exit 0');
    expect((await home(port).run('run', 'claude')).err).toContain('not installed');
    expect((await home(port, CLIENTS, undefined, bin).run('run', 'claude')).err).toContain(
      'asks for a client key',
    );
    expect((await home(port, {}, undefined, bin).run('run', 'claude', '--key', 'bad')).err).toContain(
      'not known',
    );
    await stop();
    expect((await home(port, {}, undefined, bin).run('run', 'claude')).err).toContain('sluice serve');
  });
});
