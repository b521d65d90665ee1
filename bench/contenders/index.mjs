// Who is measured: each entry knows how to start itself in front of the mock upstream and which headers a caller sends.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const bench = new URL('..', import.meta.url).pathname;
const CLIENT_KEY = 'sk-sluice-bench-0123456789abcdef0123456789abcdef';

function onPath(program) {
  try {
    return execFileSync('sh', ['-c', `command -v ${program} || command -v /usr/sbin/${program}`], {
      encoding: 'utf8',
    }).trim();
  } catch {
    return undefined;
  }
}

function fill(template, run, port, upstream) {
  return readFileSync(join(bench, 'conf', template), 'utf8')
    .replaceAll('@RUN@', run)
    .replaceAll('@PORT@', String(port))
    .replaceAll('@UPSTREAM@', String(upstream));
}

function sluice(run, port, upstream) {
  const config = join(run, 'sluice.jsonc');
  const settings = {
    server: { host: '127.0.0.1', port },
    clients: [{ id: 'bench', key: CLIENT_KEY }],
    upstreams: [
      {
        id: 'mock',
        provider: 'openai',
        baseUrl: `http://127.0.0.1:${upstream}/v1`,
        keys: ['sk-upstream'],
        models: ['*'],
        dialects: ['openai-chat'],
      },
    ],
    storage: { url: `sqlite:${join(run, 'sluice.db')}` },
    log: { level: 'info', file: join(run, 'sluice.log') },
  };
  writeFileSync(config, JSON.stringify(settings));
  return {
    command: [
      process.execPath,
      join(process.env.SLUICE_DIST ?? join(bench, '../server/dist'), 'main.js'),
      'serve',
      '--config',
      config,
    ],
    headers: [`authorization: Bearer ${CLIENT_KEY}`],
  };
}

function bareRelay(_run, port, upstream) {
  return {
    command: [process.execPath, join(bench, 'contenders/bare-relay.mjs')],
    env: { PORT: String(port), UPSTREAM: String(upstream) },
    headers: [],
  };
}

function nginx(run, port, upstream) {
  const program = onPath('nginx');
  if (program === undefined) return undefined;
  writeFileSync(join(run, 'nginx.conf'), fill('nginx.conf.in', run, port, upstream));
  return {
    command: [program, '-p', run, '-e', join(run, 'nginx.err'), '-c', join(run, 'nginx.conf')],
    headers: [],
  };
}

function caddy(run, port, upstream) {
  const program = onPath('caddy');
  if (program === undefined) return undefined;
  writeFileSync(join(run, 'Caddyfile'), fill('Caddyfile.in', run, port, upstream));
  return {
    command: [program, 'run', '--config', join(run, 'Caddyfile'), '--adapter', 'caddyfile'],
    env: { HOME: run, XDG_CONFIG_HOME: run, XDG_DATA_HOME: run, GOMAXPROCS: '1' },
    headers: [],
  };
}

function portkey(_run, port, upstream) {
  const program = join(bench, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  if (!existsSync(program)) return undefined;
  return {
    command: [process.execPath, program, `--port=${port}`, '--headless'],
    headers: [
      'x-portkey-provider: openai',
      `x-portkey-custom-host: http://127.0.0.1:${upstream}/v1`,
      'authorization: Bearer sk-upstream',
    ],
  };
}

/** All contenders. `start` answers undefined where the program is not installed. */
export const contenders = [
  { name: 'nginx', start: nginx },
  { name: 'bare relay', start: bareRelay },
  { name: 'sluice', start: sluice },
  { name: 'caddy', start: caddy },
  { name: 'portkey', start: portkey, slow: true },
];

/** A private folder for one contender. */
export function runFolder(base, name) {
  const folder = join(base, name.replaceAll(' ', '-'));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
