// `sluice updates` against a registry on this machine.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordingTerminal, type Said } from '../../../test/kit/recording-terminal.ts';
import { version } from '../../version.ts';
import { updatesCommand } from './updates.ts';
import { compareVersions } from './updates-version.ts';

let folder: string;
let server: Server;
let asked: string[];
let answer: { status: number; body: unknown };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-updates-'));
  asked = [];
  answer = { status: 200, body: packageOf('99.0.0') };
  server = createServer((request, response) => {
    asked.push(`${request.headers.host ?? ''} ${request.url ?? ''}`);
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const packageOf = (newest: string, bin: object = { sluice: 'dist/main.js' }): object => ({
  name: 'sluice',
  'dist-tags': { latest: newest },
  versions: { [newest]: { name: 'sluice', version: newest, bin } },
});

const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function run(env: Record<string, string>, ...args: readonly string[]): Promise<Said> {
  const { terminal, said } = recordingTerminal(folder, { env, home: folder });
  await new Command('sluice')
    .addCommand(updatesCommand(terminal))
    .parseAsync(['node', 'sluice', 'updates', ...args]);
  return said;
}

describe('sluice updates', () => {
  test('says that a newer version is there, and how to get it', async () => {
    const said = await run({ npm_config_registry: origin() });
    expect(said).toMatchObject({ code: 0, out: `Sluice 99.0.0 is there; this is ${version}.\n` });
    expect(said.err).toContain('npm install --global sluice@99.0.0');
    expect(asked).toEqual([`${origin().slice(7)} /sluice`]);
  });

  test('says that this is the newest version', async () => {
    answer = { status: 200, body: packageOf(version) };
    expect((await run({ npm_config_registry: `${origin()}/` })).out).toContain('the newest version');
    expect(JSON.parse((await run({ npm_config_registry: origin() }, '--json')).out)).toMatchObject({
      version,
      newest: version,
      newer: false,
    });
  });

  test('goes by the registry of ~/.npmrc below its path', async () => {
    await writeFile(join(folder, '.npmrc'), `; mine\nregistry = ${origin()}/npm/\n`);
    await run({});
    expect(asked).toEqual([`${origin().slice(7)} /npm/sluice`]);
  });

  test('goes through the proxy that npm is told of, and not where it is exempt', async () => {
    const env = { npm_config_registry: 'http://registry.invalid/', npm_config_proxy: origin() };
    const tunnels: string[] = [];
    server.on('connect', (request, socket) => {
      tunnels.push(request.url ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    expect((await run(env)).code).toBe(1);
    expect(tunnels).toEqual(['registry.invalid:80']);
    const exempt = await run({ ...env, NO_PROXY: '.invalid' });
    expect(exempt).toMatchObject({ code: 1, out: '' });
    expect(exempt.err).toContain('registry.invalid');
    expect(tunnels).toHaveLength(1);
  });

  test('is clear when the registry is away, has no such package, or has another one of that name', async () => {
    const away = await run({ npm_config_registry: 'http://127.0.0.1:1/' });
    expect(away).toMatchObject({ code: 1, out: '' });
    expect(away.err).toMatch(/127\.0\.0\.1:1 could not be asked.*\n.*Sluice works on/);
    answer = { status: 404, body: {} };
    expect((await run({ npm_config_registry: origin() })).err).toContain('has no package');
    answer = { status: 200, body: packageOf('99.0.0', { other: 'x' }) };
    expect((await run({ npm_config_registry: origin() })).err).toContain('not this program');
    answer = { status: 200, body: 'a page' };
    expect((await run({ npm_config_registry: origin() })).code).toBe(1);
  });
});

test('versions are compared number by number, and what comes before a release is older', () => {
  const order = [
    '0.9.9',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0',
    '1.0.10',
    '1.2.0',
    '10.0.0',
  ];
  for (const [index, one] of order.entries())
    for (const [other, two] of order.entries())
      expect(Math.sign(compareVersions(one, two) ?? Number.NaN), `${one} ${two}`).toBe(
        Math.sign(index - other),
      );
  expect(compareVersions('1.0.0+build', 'v1.0.0')).toBe(0);
  expect(compareVersions('latest', '1.0.0')).toBeUndefined();
});
