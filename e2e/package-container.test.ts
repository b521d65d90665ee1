// The container image: what its Dockerfile says, and what comes out when its steps are done in a clean folder.

import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askIn } from './kit/four-formats.ts';
import { type Gateway, startGateway } from './kit/gateway.ts';
import { type Program, run, start } from './kit/program.ts';
import { until } from './kit/until.ts';
import {
  buildStages,
  contextOf,
  ignoredBy,
  instructionsOf,
  readDockerfile,
  variablesOf,
} from './package-dockerfile.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUILD_LIMIT_MS = 400_000;
const NOBODY = 65_534;

const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');
const stages = readDockerfile(await read('deploy/Dockerfile'));
const last = stages.at(-1);
const ignored = ignoredBy(await read('deploy/Dockerfile.dockerignore'));

describe('the Dockerfile', () => {
  test('16.1 ends in an image that runs as a user without privileges, is stopped gently and says how it is', () => {
    expect(instructionsOf(last, 'USER').map(({ rest }) => rest)).toEqual(['1000:1000']);
    expect(instructionsOf(last, 'STOPSIGNAL').map(({ rest }) => rest)).toEqual(['SIGTERM']);
    expect(instructionsOf(last, 'VOLUME').map(({ rest }) => rest)).toEqual(['/data']);
    expect(instructionsOf(last, 'EXPOSE').map(({ rest }) => rest)).toEqual(['9208']);
    expect(instructionsOf(last, 'HEALTHCHECK')).toHaveLength(1);
    // Without a shell in between, which would keep signals for itself.
    expect(JSON.parse(instructionsOf(last, 'ENTRYPOINT')[0]?.rest ?? '')).toEqual([
      'node',
      'server/dist/main.js',
    ]);
    expect(JSON.parse(instructionsOf(last, 'CMD')[0]?.rest ?? '')).toEqual(['serve']);
    for (const label of ['title', 'description', 'licenses'])
      expect(instructionsOf(last, 'LABEL')[0]?.rest).toContain(`org.opencontainers.image.${label}=`);
  });

  test('16.1 needs no emulation for another processor: the last stage runs nothing, the others run on the builder', () => {
    expect(stages.map(({ name, image, platform }) => [name, image, platform])).toEqual([
      ['build', 'node:24-slim', '$BUILDPLATFORM'],
      ['packages', 'node:24-slim', '$BUILDPLATFORM'],
      ['', 'node:24-slim', undefined],
    ]);
    expect(instructionsOf(last, 'RUN')).toEqual([]);
  });

  test('runs no script of a package, takes no secret, and copies only from stages that there are', () => {
    const all = stages.flatMap(({ instructions }) => instructions);
    const installs = all.filter(({ name, rest }) => name === 'RUN' && /\bnpm (?:ci|install)\b/.test(rest));
    expect(installs).toHaveLength(2);
    for (const { rest } of installs) expect(rest).toContain('npm ci ');
    for (const { rest } of installs) expect(rest).toContain('--ignore-scripts');
    expect(all.filter(({ name }) => ['ADD', 'ARG', 'ONBUILD'].includes(name))).toEqual([]);
    const names = stages.map(({ name }) => name);
    for (const { flags } of all) if (flags['from'] !== undefined) expect(names).toContain(flags['from']);
    for (const name of Object.keys(variablesOf(last))) expect(name).not.toMatch(/KEY|TOKEN|SECRET|PASSWORD/);
  });
});

describe('what reaches the build', () => {
  test('holds no secret and nothing that is built or installed on the machine', () => {
    for (const path of [
      '.env',
      'server/.env.local',
      'deploy/cluster.env',
      'sluice.jsonc',
      'some/where/sluice.jsonc',
      'data/secret.key',
      'keys.json',
      'tls.pem',
      'sluice.db',
      'sluice.db-wal',
      'node_modules/fastify/package.json',
      'server/node_modules/x/y.js',
      'server/dist/main.js',
      '.git/config',
      'e2e/package.test.ts',
      'server/test/kit/redis.ts',
      'a.log',
    ])
      expect([path, ignored(path)]).toEqual([path, true]);
  });

  test('holds what the build needs', () => {
    for (const path of [
      'package.json',
      'package-lock.json',
      '.npmrc',
      'tsconfig.base.json',
      'server/src/main.ts',
      'server/src/vault/private-file.ts',
      'dashboard/package.json',
      'e2e/package.json',
    ])
      expect([path, ignored(path)]).toEqual([path, false]);
  });
});

describe('the image', () => {
  let place: string;
  let app: string;
  let upstream: Gateway;

  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), 'sluice-image-'));
    await chmod(place, 0o755);
    const context = join(place, 'context');
    for (const path of await contextOf(ROOT, ignored)) {
      await mkdir(dirname(join(context, path)), { recursive: true });
      await cp(join(ROOT, path), join(context, path));
    }
    await buildStages(stages, place, context, BUILD_LIMIT_MS);
    app = join(place, 'image', 'app');
    upstream = await startGateway();
  }, 2 * BUILD_LIMIT_MS);

  afterAll(async () => {
    await upstream?.stop();
    await run('chmod', ['-R', 'u+w', place], { cwd: '/', env: { PATH: process.env['PATH'] ?? '' } }, 60_000);
    await rm(place, { recursive: true, force: true });
  });

  test('holds the program and what it runs on, and nothing of the workshop', async () => {
    const files = (await readdir(app, { recursive: true })).map((path) => path.replaceAll('\\', '/'));
    expect(files).toContain('server/dist/main.js');
    expect(files).toContain('server/dist/dashboard/index.html');
    expect(
      files
        .filter((path) => path.startsWith('server/') && /\.map$|\.tsbuildinfo$|\.ts$/.test(path))
        .filter((path) => !path.includes('node_modules')),
    ).toEqual([]);
    for (const name of ['vitest', 'typescript', 'vite', 'react', 'openai', 'sluice'])
      expect(files).not.toContain(`node_modules/${name}`);
    expect((await readdir(join(place, 'image'))).sort()).toEqual(['app', 'config', 'data']);
  });

  test('P30 a clean build of the sources gives the very files that are packed for npm', async () => {
    const built = (await readdir(join(app, 'server/dist'), { recursive: true })).filter((path) =>
      /\.(?:js|css|html|svg|json|webmanifest)$/.test(path),
    );
    expect(built.length).toBeGreaterThan(300);
    const different: string[] = [];
    for (const path of built) {
      const [ours, packed] = await Promise.all(
        [app, ROOT].map((folder) =>
          readFile(join(folder, 'server/dist', path), 'utf8').catch(() => undefined),
        ),
      );
      if (ours !== packed) different.push(path);
    }
    expect(different).toEqual([]);
  });

  test('16.1 runs on every processor: no package brings machine code or is made for one platform', async () => {
    const files = await readdir(app, { recursive: true });
    expect(files.filter((path) => /\.(?:node|so|dylib|dll|exe)$/.test(path))).toEqual([]);
    const manifests = files.filter((path) => /node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/.test(path));
    expect(manifests.length).toBeGreaterThan(50);
    const choosy: string[] = [];
    for (const path of manifests) {
      const { os, cpu, libc }: { os?: unknown; cpu?: unknown; libc?: unknown } = JSON.parse(
        await readFile(join(app, path), 'utf8'),
      );
      if (os !== undefined || cpu !== undefined || libc !== undefined) choosy.push(path);
    }
    expect(choosy).toEqual([]);
  });

  test('16.1 serves as a user who can write to /data and /tmp alone, answers its health check, and stops gently', async () => {
    const image = join(place, 'image');
    const data = join(image, 'data');
    const config = join(image, 'config', 'sluice.jsonc');
    await writeFile(
      config,
      JSON.stringify({
        clients: [{ id: 'me', key: '${SLUICE_CLIENT_KEY}' }],
        upstreams: [{ id: 'demo', provider: 'openai-compatible', baseUrl: `${upstream.origin}/v1` }],
      }),
    );
    const before = await modifiedBelow(app);
    const root = process.getuid?.() === 0;
    await run('chmod', ['-R', 'a-w', app, join(image, 'config')], bare(), 60_000);
    if (root) await run('chown', ['-R', `${NOBODY}:${NOBODY}`, data], bare(), 60_000);
    // A port of its own; the rest as the image has it.
    const variables = { ...variablesOf(last), PORT: '0', XDG_DATA_HOME: data, SLUICE_CONFIG: config };
    const env = { ...bare().env, ...variables, HOME: '/nonexistent', SLUICE_CLIENT_KEY: 'sk-container-test' };
    const command = [process.execPath, 'server/dist/main.js', 'serve'];
    const asUser = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs'];
    const [program = '', ...args] = root ? [...asUser, ...command] : command;
    const gateway = start(program, args, { cwd: app, env });
    try {
      const origin = await originOf(gateway);
      expect((await fetch(`${origin}/health`)).status).toBe(200);
      const question = { model: 'sluice-demo', prompt: 'Hello!', streamed: true };
      const headers = { authorization: 'Bearer sk-container-test' };
      expect((await askIn('openai-chat', origin, question)).status).toBe(401);
      const asked = await askIn('openai-chat', origin, { ...question, headers });
      expect(asked.status).toBe(200);
      const check = healthCheck();
      const checked = (port: string): Promise<number | null> =>
        run(check[0] ?? '', check.slice(1), { cwd: app, env: { ...bare().env, PORT: port } }, 60_000).then(
          ({ code }) => code,
        );
      expect(await checked(new URL(origin).port)).toBe(0);
      gateway.signal('SIGTERM');
      expect((await gateway.ended).code).toBe(0);
      expect(await checked(new URL(origin).port)).toBe(1);
    } finally {
      gateway.kill();
    }
    expect((await readdir(join(data, 'sluice'))).sort()).toContain('sluice.db');
    expect(await modifiedBelow(app)).toEqual(before);
  });
});

function bare(): { cwd: string; env: Record<string, string> } {
  return { cwd: '/', env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1' } };
}

/** The command of the health check, as the Dockerfile has it. */
function healthCheck(): string[] {
  const { rest } = instructionsOf(last, 'HEALTHCHECK')[0] ?? { rest: '' };
  const command: unknown = JSON.parse(rest.slice(rest.indexOf('[')));
  return (command as string[]).map((word, index) => (index === 0 ? process.execPath : word));
}

async function modifiedBelow(folder: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const path of await readdir(folder, { recursive: true })) {
    const { mtimeMs } = await stat(join(folder, path)).catch(() => ({ mtimeMs: -1 }));
    found[path] = mtimeMs;
  }
  return found;
}

function originOf(gateway: Program): Promise<string> {
  return until(
    async () => {
      const found = /http:\/\/(?:localhost|127\.0\.0\.1):(\d+)/.exec(gateway.stderr())?.[1];
      if (found === undefined) return undefined;
      const origin = `http://127.0.0.1:${found}`;
      const ready = await fetch(`${origin}/ready`).catch(() => undefined);
      return ready?.status === 200 ? origin : undefined;
    },
    () => `The gateway did not become ready: ${gateway.stdout()}${gateway.stderr()}`,
    60_000,
  );
}
