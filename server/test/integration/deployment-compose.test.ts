// The files for Docker Compose, as far as they can be judged without an engine.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { configCommand } from '../../src/cli/commands/config.ts';
import { recordingTerminal } from '../kit/recording-terminal.ts';
import { freePort, hasRedis } from '../kit/redis.ts';

const DEPLOY = fileURLToPath(new URL('../../../deploy/', import.meta.url));
const read = (name: string): string => readFileSync(join(DEPLOY, name), 'utf8');

interface Service {
  readonly image: string;
  readonly user?: string;
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[] | Readonly<Record<string, { readonly aliases?: readonly string[] }>>;
  readonly secrets?: readonly unknown[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly required?: boolean }>>;
  readonly command?: readonly string[];
  readonly stop_grace_period?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
}

const text = read('compose.yaml');
// Types are those of the specification; what does not hold makes a test fail.
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);

function networksOf({ networks = [] }: Service): readonly string[] {
  return isList(networks) ? networks : Object.keys(networks);
}

function isList<T>(value: readonly T[] | Readonly<Record<string, unknown>>): value is readonly T[] {
  return Array.isArray(value);
}

describe('16.2 compose.yaml', () => {
  test('starts the gateway alone by default; everything else belongs to a profile', () => {
    const byDefault = services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name);
    expect(byDefault).toEqual(['gateway']);
    const names = (profile: string): string[] =>
      services.filter(([, { profiles }]) => profiles?.includes(profile)).map(([name]) => name);
    expect([names('cluster'), names('monitoring')]).toEqual([
      ['gateway-b', 'valkey', 'postgres'],
      ['prometheus', 'grafana'],
    ]);
  });

  test('names only volumes, networks, services and files that there are, and uses all of them', () => {
    const used = { volumes: new Set<string>(), networks: new Set<string>() };
    for (const [name, service] of services) {
      for (const volume of service.volumes ?? []) {
        const [source = ''] = volume.replace(/^\$\{[A-Z_]+:-([^}]*)\}/, '$1').split(':');
        if (source.startsWith('.'))
          expect([name, source, existsSync(join(DEPLOY, source))]).toEqual([name, source, true]);
        else used.volumes.add(source);
      }
      for (const network of networksOf(service)) used.networks.add(network);
      const others = service.depends_on ?? [];
      for (const other of isList(others) ? others : Object.keys(others))
        expect(Object.keys(compose.services)).toContain(other);
    }
    expect([...used.volumes].sort()).toEqual(Object.keys(compose.volumes).sort());
    expect([...used.networks].sort()).toEqual(Object.keys(compose.networks).sort());
    // A secret of Compose that is no file cannot be put into a read-only container.
    expect(services.filter(([, { secrets }]) => secrets !== undefined)).toEqual([]);
    const { context = '', dockerfile = '' } = compose.services['gateway']?.build ?? {};
    expect(existsSync(join(DEPLOY, context, dockerfile))).toBe(true);
  });

  test('does not let the gateway wait for a service whose profile is not wanted', () => {
    const waits = Object.entries(compose.services['gateway']?.depends_on ?? {});
    expect(waits.map(([name, { required }]) => [name, required])).toEqual([
      ['valkey', false],
      ['postgres', false],
    ]);
  });

  test.each(services)(
    '%s may write nowhere but its volumes, gains no rights, and is open to this machine alone',
    (_, service) => {
      expect(service.read_only).toBe(true);
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.security_opt).toContain('no-new-privileges:true');
      expect([service.privileged, service.cap_add]).toEqual([undefined, undefined]);
      for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
      expect(service.image).toMatch(/^(?:\$\{SLUICE_IMAGE:-sluice\}|[a-z/]+:v?\d[\w.-]*)$/);
    },
  );

  test('keeps the databases in a network that leads nowhere', () => {
    expect(compose.networks['back']?.internal).toBe(true);
    for (const name of ['valkey', 'postgres'])
      expect([compose.services[name]?.networks, compose.services[name]?.ports]).toEqual([
        ['back'],
        undefined,
      ]);
  });

  test('holds no password, and none is what it is by default', () => {
    for (const [name, { environment = {} }] of services)
      for (const [variable, value] of Object.entries(environment))
        if (/KEY|TOKEN|PASSWORD/.test(variable))
          expect([name, variable, value]).toEqual([
            name,
            variable,
            expect.stringMatching(/^\$\{[A-Z_]+:(?:\?[^}]+|-)\}$/),
          ]);
    for (const name of ['SLUICE_CLIENT_KEY', 'SLUICE_ADMIN_KEY', 'SLUICE_METRICS_TOKEN'])
      expect(compose.services['gateway']?.environment?.[name]).toMatch(/:\?/);
  });

  test('16.7 gives the second gateway a port and a data folder of its own, and both the name "gateway"', () => {
    const [first, second] = [compose.services['gateway'], compose.services['gateway-b']];
    const own = (service: Service | undefined): unknown => [service?.ports, service?.volumes?.at(-1)];
    expect(own(first)).not.toEqual(own(second));
    expect(second?.volumes?.at(-1)).toBe('sluice-data-b:/data');
    expect(second?.networks).toMatchObject({ front: { aliases: ['gateway'] } });
    const { ports: _p, volumes: _v, networks: _n, profiles: _f, ...same } = second ?? {};
    expect(first).toMatchObject(same);
  });

  test('lets exchanges finish before the gateway is ended by force', () => {
    expect(Number.parseInt(compose.services['gateway']?.stop_grace_period ?? '', 10)).toBeGreaterThan(30);
  });

  test('reads the variables that compose.env.example explains, and no others', () => {
    const explained = new Set(
      [...read('compose.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name),
    );
    const asked = new Set([...text.matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(([, name]) => name));
    for (const name of [
      'SLUICE_IMAGE',
      'SLUICE_PORT',
      'SLUICE_SECOND_PORT',
      'PROMETHEUS_PORT',
      'GRAFANA_PORT',
    ])
      asked.delete(name);
    explained.delete('COMPOSE_PROFILES');
    expect([...asked].sort()).toEqual([...explained].sort());
  });
});

describe('the configurations beside it', () => {
  const env = {
    SLUICE_CLIENT_KEY: 'sk-0123456789abcdef',
    SLUICE_METRICS_TOKEN: '0123456789abcdef',
    OPENAI_API_KEY: 'sk-test',
    POSTGRES_PASSWORD: 'postgres0password',
    VALKEY_PASSWORD: 'valkey0password',
  };

  test.each(['sluice.jsonc', 'sluice.cluster.jsonc'])(
    '16.2 %s passes "sluice config check"',
    async (name) => {
      const { terminal, said } = recordingTerminal(DEPLOY, { env });
      const program = new Command('sluice').addCommand(configCommand(terminal));
      await program.parseAsync(['config', 'check', '--config', join(DEPLOY, name)], { from: 'user' });
      expect(`${said.out}${said.err}`).not.toMatch(/error|warning/);
      expect(said.code).toBe(0);
    },
  );

  test('16.7 that of the cluster names the services and the passwords of compose.yaml', () => {
    const cluster = read('sluice.cluster.jsonc');
    expect(cluster).toContain('"redis://:${VALKEY_PASSWORD}@valkey:6379", "instances": 2');
    expect(cluster).toContain('"postgres://sluice:${POSTGRES_PASSWORD}@postgres:5432/sluice"');
    expect(compose.services['postgres']?.environment).toMatchObject({
      POSTGRES_USER: 'sluice',
      POSTGRES_DB: 'sluice',
    });
  });

  test('Prometheus finds the gateway under its name, and is told the same as elsewhere', () => {
    const here = parse(read('prometheus/compose.yml'));
    const elsewhere = parse(read('prometheus/prometheus.yml'));
    const { dns_sd_configs: places, ...rest } = here.scrape_configs[0];
    const { static_configs: _, ...others } = elsewhere.scrape_configs[0];
    const authorization = { ...others.authorization, credentials_file: '/tmp/sluice-token' };
    expect([rest, here.rule_files]).toEqual([{ ...others, authorization }, elsewhere.rule_files]);
    expect(places[0]).toMatchObject({ names: ['gateway'], port: 9208 });
    expect(compose.services['prometheus']?.command?.[0]).toContain(
      `> ${rest.authorization.credentials_file} `,
    );
  });
});

describe('the commands of Prometheus and Grafana, up to the programs themselves', () => {
  /** Runs the script of a service with `echo started` for its program, and the folder for its /tmp. */
  function ran(
    name: string,
    folder: string,
    env: Record<string, string>,
  ): { status: number | null; said: string } {
    const script = (compose.services[name]?.command?.[0] ?? '')
      .replaceAll('$$', '$')
      .replaceAll('/tmp/', `${folder}/`)
      .replace(/exec \/\S+/, 'echo started');
    const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      encoding: 'utf8',
    });
    return { status, said: `${stdout}${stderr}` };
  }

  test('neither starts without a secret of its own', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-compose-'));
    for (const [name, variable] of [
      ['prometheus', 'SLUICE_METRICS_TOKEN'],
      ['grafana', 'GF_SECURITY_ADMIN_PASSWORD'],
    ] as const) {
      const without = ran(name, folder, { [variable]: '' });
      expect([name, without.status === 0, without.said]).toEqual([
        name,
        false,
        expect.stringContaining('into .env'),
      ]);
      expect([name, without.said.includes('started')]).toEqual([name, false]);
      const given = ran(name, folder, { [variable]: 'a % token' });
      expect([name, given.status, given.said.includes('started')]).toEqual([name, 0, true]);
    }
    const token = join(folder, 'sluice-token');
    expect([readFileSync(token, 'utf8'), statSync(token).mode & 0o777]).toEqual(['a % token', 0o600]);
    rmSync(folder, { recursive: true });
  });
});

describe.skipIf(!hasRedis())('the command of Valkey, run with redis-server', () => {
  /** The script as the shell of the container gets it, with a server of its own that listens on `port`. */
  function script(port: number, folder: string): string {
    const command = compose.services['valkey']?.command?.[0] ?? '';
    writeFileSync(join(folder, 'valkey-server'), `#!/bin/sh\nexec redis-server "$@" --port ${port}\n`, {
      mode: 0o755,
    });
    return command.replaceAll('$$', '$').replace('dir /tmp', `dir ${folder}`);
  }

  test('does not start without a password', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-valkey-'));
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, VALKEY_PASSWORD: '' };
    const ended = spawnSync('sh', ['-c', script(await freePort(), folder)], {
      env,
      encoding: 'utf8',
      timeout: 30_000,
    });
    rmSync(folder, { recursive: true });
    expect([ended.status === 0, ended.stdout]).toEqual([false, '']);
    expect(ended.stderr).toContain('put one into .env');
  });

  test('starts with one, which stands in no list of processes and has to be given', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-valkey-'));
    const port = await freePort();
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, VALKEY_PASSWORD: 'secret0word' };
    const server = spawn('sh', ['-c', script(port, folder)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    try {
      let said = '';
      await new Promise<void>((resolve, reject) => {
        server.once('exit', () => reject(new Error(`It ended: ${said}`)));
        server.stdout.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          if (/Ready to accept connections/.test(said)) resolve();
        });
      });
      const ask = (password: string): string =>
        spawnSync('redis-cli', ['-p', String(port), 'ping'], {
          env: { ...env, REDISCLI_AUTH: password },
          encoding: 'utf8',
        }).stdout;
      expect([ask('secret0word').trim(), ask('').includes('NOAUTH')]).toEqual(['PONG', true]);
      const processes = spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(server.pid)], {
        encoding: 'utf8',
      });
      expect(processes.stdout).toContain('redis-server');
      expect(processes.stdout).not.toContain('secret0word');
    } finally {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
