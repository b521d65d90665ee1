// `sluice doctor` looking at real things: ports, providers, files, a database, Redis.

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { doctorCommand } from '../../src/cli/commands/doctor.ts';
import { openVault } from '../../src/vault/vault.ts';
import { hasPostgres, PASSWORD, startPostgres } from '../kit/postgres.ts';
import { recordingTerminal, type Said } from '../kit/recording-terminal.ts';
import { freePort, hasRedis, startRedis } from '../kit/redis.ts';
import { gatewayWith } from '../kit/setting.ts';

const SECRET = 'sk-canary-upstream-9876543210';
const cleanup: (() => unknown)[] = [];
let folder: string;
let port: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-doctor-'));
  port = await freePort();
});
afterEach(async () => {
  for (const end of cleanup.splice(0).reverse()) await end();
  await rm(folder, { recursive: true, force: true });
});

interface Told {
  readonly check: string;
  readonly state: string;
  readonly message: string;
  readonly fix?: string;
}

interface Examined {
  readonly said: Said;
  readonly findings: readonly Told[];
  /** What was told of a check, in one text. */
  about(check: string): string;
}

async function examined(
  config: object,
  env: Record<string, string> = {},
  ...args: string[]
): Promise<Examined> {
  const text = JSON.stringify({ server: { port }, storage: { url: 'sqlite:data/sluice.db' }, ...config });
  await writeFile(join(folder, 'sluice.jsonc'), text, { mode: 0o600 });
  const { terminal, said } = recordingTerminal(folder, { env });
  const command = new Command('sluice').addCommand(doctorCommand(terminal));
  await command.parseAsync(['node', 'sluice', 'doctor', '--json', ...args]);
  expect(said.out + said.err).not.toContain(SECRET);
  const { findings } = JSON.parse(said.out) as { findings: readonly Told[] };
  const about = (check: string): string =>
    findings
      .filter((one) => one.check === check)
      .map(({ state, message }) => `${state}: ${message}`)
      .join('\n');
  return { said, findings, about };
}

async function provider(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  cleanup.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const models: RequestListener = (request, response) => {
  const good = request.headers.authorization === `Bearer ${SECRET}`;
  response.writeHead(good ? 200 : 401, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify(
      good
        ? { object: 'list', data: [] }
        : { error: { message: `no: ${String(request.headers.authorization)}` } },
    ),
  );
};

const upstream = (origin: string, keys: readonly string[] = [SECRET]): object => ({
  upstreams: [{ id: 'one', provider: 'openai', baseUrl: `${origin}/v1`, keys }],
});

describe('sluice doctor', () => {
  it('finds everything well where it is, without a problem and with exit code 0', async () => {
    const { said, findings, about } = await examined(upstream(await provider(models)));
    expect(findings.filter(({ state }) => state === 'problem')).toEqual([]);
    expect(said.code).toBe(0);
    expect(about('configuration')).toMatch(/^ok: .*sluice\.jsonc is valid\.$/);
    expect(about('port')).toMatch(/^ok: No gateway runs, .* is free/);
    expect(about('keys')).toBe('ok: 1 key of 1 upstream can be used.');
    expect(about('upstreams')).toBe('ok: Reached, and the keys are accepted: one.');
    expect(about('clock')).toMatch(/^ok:/);
    expect(about('data-folder')).toMatch(/^ok: .*data can be made/);
  });

  it('tells a refused key without repeating it, and ends with exit code 1', async () => {
    const bad = 'sk-canary-upstream-9876543210-refused';
    const { said, about } = await examined(upstream(await provider(models), [bad]));
    expect(about('upstreams')).toMatch(/^problem: one\/k_\w+: OpenAI refuses the key \(401\)/);
    expect(said.out).not.toContain(bad);
    expect(said.code).toBe(1);
  });

  it('says at which step the way to a provider ends', async () => {
    const dead = await freePort();
    expect((await examined(upstream(`http://127.0.0.1:${dead}`))).about('upstreams')).toMatch(
      /no connection can be made \(ECONNREFUSED\)/,
    );
    expect((await examined(upstream('https://host.invalid'))).about('upstreams')).toMatch(
      /its name is not known/,
    );
    const plain = (await provider(models)).replace('http:', 'https:');
    expect((await examined(upstream(plain))).about('upstreams')).toMatch(
      /its certificate is not accepted, or it speaks no TLS/,
    );
  });

  it('asks no provider when it is told not to', async () => {
    let asked = 0;
    const origin = await provider((request, response) => {
      asked += 1;
      models(request, response);
    });
    expect((await examined(upstream(origin), {}, '--offline')).about('upstreams')).toMatch(/^skipped:/);
    expect(asked).toBe(0);
  });

  it('notices a clock that differs from those of the providers', async () => {
    const origin = await provider((request, response) => {
      response.setHeader('date', new Date(Date.now() + 600_000).toUTCString());
      models(request, response);
    });
    expect((await examined(upstream(origin))).about('clock')).toMatch(
      /^warning: .* (599|600) seconds behind/,
    );
  });

  it('knows a running Sluice from another program on its port', async () => {
    const gateway = await gatewayWith({ upstreams: [{ origin: 'http://127.0.0.1:1' }] });
    port = gateway.port;
    expect((await examined({}, {}, '--offline')).about('port')).toMatch(
      /^warning: Sluice 0\.0\.0 runs at .* but this command is of version/,
    );
    const other = createTcpServer((socket) => socket.destroy());
    port = await freePort();
    await new Promise<void>((resolve) => void other.listen(port, '127.0.0.1', resolve));
    cleanup.push(() => new Promise((resolve) => other.close(resolve)));
    expect((await examined({}, {}, '--offline')).about('port')).toMatch(/^problem: Another program listens/);
  });

  it('shows the errors of a configuration at their place and stops there', async () => {
    const { said, about, findings } = await examined({ servre: {} });
    expect(about('configuration')).toMatch(/^problem: .*sluice\.jsonc:1:\d+: .*servre/);
    expect(findings.map(({ check }) => check)).not.toContain('upstreams');
    expect(said.code).toBe(1);
  });

  it('tells that strangers could spend the keys', async () => {
    const { about } = await examined(
      { ...upstream(await provider(models)), server: { port, host: '0.0.0.0' } },
      {},
      '--offline',
    );
    expect(about('configuration')).toMatch(/problem: .*Other machines can reach 0\.0\.0\.0/);
  });

  it('misses no upstream in a file without any, where stored keys make one', async () => {
    expect((await examined({}, {}, '--offline')).about('configuration')).toContain('No upstream is in use.');
    await openVault(join(folder, 'data')).change((contents, seal) => {
      const sealed = seal(SECRET, 'openai', 'k_00000001');
      const entry = { upstream: 'openai', id: 'k_00000001', sealed, addedAt: '2026-11-21T00:00:00Z' };
      return { contents: { ...contents, keys: [...contents.keys, entry] }, value: undefined };
    }, true);
    const { about } = await examined({}, {}, '--offline');
    expect(about('configuration')).toMatch(/^ok: .* is valid\.$/);
    expect(about('keys')).toBe('ok: 1 key of 1 upstream can be used.');
  });

  it('notices secrets that others can read, and a database that is damaged', async () => {
    const data = join(folder, 'data');
    await mkdir(data, { recursive: true });
    await openVault(data).prepare();
    await chmod(join(data, 'secret.key'), 0o644);
    await writeFile(join(data, 'sluice.db'), Buffer.alloc(8_192, 'not a database at all '));
    const { about, said } = await examined({}, {}, '--offline');
    expect(about('secrets')).toMatch(/^warning: .*secret\.key \(mode 0644\)/);
    expect(about('database')).toMatch(/^problem: .*damaged/);
    expect(said.code).toBe(1);
  });

  it('finds a coding tool that was left pointing at a gateway that is gone', async () => {
    const dead = await freePort();
    const home = join(folder, 'home', '.claude');
    await mkdir(home, { recursive: true });
    const env = { ANTHROPIC_BASE_URL: `http://127.0.0.1:${dead}`, ANTHROPIC_AUTH_TOKEN: SECRET };
    await writeFile(join(home, 'settings.json'), JSON.stringify({ env }));
    const { about, said } = await examined({}, {}, '--offline');
    expect(about('tools')).toMatch(/^problem: Claude Code points at .* where no gateway answers/);
    expect(said.code).toBe(1);
  });

  it.runIf(hasPostgres())(
    'asks the PostgreSQL of the configuration and never shows its password',
    async () => {
      const postgres = await startPostgres();
      cleanup.push(() => postgres.stop());
      const url = postgres.url;
      const at = async (storage: string): Promise<Examined> =>
        examined({ storage: { url: storage } }, { XDG_DATA_HOME: folder }, '--offline');
      const well = await at(url);
      expect(well.about('database')).toMatch(
        /^ok: postgres:\/\/.* answers \(PostgreSQL \d+.*made at the first start/,
      );
      expect(well.said.out).not.toContain(encodeURIComponent(PASSWORD));
      const wrong = new URL(url);
      wrong.password = SECRET;
      expect((await at(wrong.href)).about('database')).toMatch(/^problem: .*refuses this user or password/);
      wrong.password = '';
      expect((await at(wrong.href)).about('database')).toMatch(/^problem: .*storage\.url has none/);
      await postgres.kill();
      expect((await at(url)).about('database')).toMatch(/^problem: .*ECONNREFUSED/);
    },
  );

  it.runIf(hasRedis())('pings the Redis of the configuration and never shows its password', async () => {
    const redis = await startRedis();
    cleanup.push(() => redis.stop());
    const url = redis.url;
    expect((await examined({ cache: { url } }, {}, '--offline')).about('redis')).toMatch(
      /^ok: Redis at 127\.0\.0\.1:\d+ answers/,
    );
    const guarded = url.replace('redis://', `redis://user:${SECRET}@`);
    expect((await examined({ cache: { url: guarded } }, {}, '--offline')).about('redis')).toMatch(
      /^problem: .*refuses the password/,
    );
    // One server for two purposes is asked once.
    const both = await examined({ state: { url }, cache: { url } }, {}, '--offline');
    expect(both.about('redis')).toMatch(/^ok: Redis at .* answers \(state and cache\)\.$/);
    await redis.kill();
    expect((await examined({ cache: { url } }, {}, '--offline')).about('redis')).toMatch(
      /^problem: .*ECONNREFUSED/,
    );
  });
});
