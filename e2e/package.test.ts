// The published package: packed as npm would publish it, installed in an empty folder, and used.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { type Gateway, startGateway } from './kit/gateway.ts';
import { ownEnvironment, run } from './kit/program.ts';

const SERVER = fileURLToPath(new URL('../server', import.meta.url));
const NPM_LIMIT_MS = 90_000;

let packed: string[];
let folder: string;
let installed: string;
let gateway: Gateway;

async function output(cwd: string, program: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, { cwd, env: ownEnvironment() }, NPM_LIMIT_MS);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-package-'));
  const report: unknown = JSON.parse(
    await output(SERVER, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  );
  const [{ filename, files }] = report as [{ filename: string; files: { path: string }[] }];
  packed = files.map((file) => file.path).sort();
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }));
  await output(
    folder,
    'npm',
    'install',
    join(folder, filename),
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
  );
  installed = join(folder, 'node_modules', 'sluice');
  gateway = await startGateway({ command: [join(folder, 'node_modules', '.bin', 'sluice')] });
  return async () => {
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  };
}, 2 * NPM_LIMIT_MS);

test('the package holds the built program and the dashboard, and nothing of the workshop', () => {
  expect(packed).toContain('package.json');
  expect(packed).toContain('dist/main.js');
  expect(packed).toContain('dist/dashboard/index.html');
  const strange = packed.filter(
    (path) => !/^(?:package\.json|README\.md|LICENSE|dist\/.+|schema\/.+\.json)$/.test(path),
  );
  expect(strange).toEqual([]);
  expect(packed.filter((path) => /\.test\.|\.tsbuildinfo$|(?<!\.d)\.ts$/.test(path))).toEqual([]);
});

test('every file that the program may load is in the package', async () => {
  const missing: string[] = [];
  for (const path of packed.filter((name) => name.endsWith('.js') && !name.startsWith('dist/dashboard/'))) {
    const text = await readFile(join(installed, path), 'utf8');
    for (const [, target = ''] of text.matchAll(/(?:from|import\()\s*['"](\.[^'"]+)['"]/g)) {
      const wanted = join(path, '..', target);
      if (!packed.includes(wanted)) missing.push(`${wanted} (from ${path})`);
    }
  }
  expect(missing).toEqual([]);
});

test('its command starts, and says its version', async () => {
  const manifest: unknown = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  expect(manifest).toMatchObject({ name: 'sluice', bin: { sluice: 'dist/main.js' } });
  const version = await output(folder, 'npx', '--no', '--', 'sluice', '--version');
  expect(manifest).toMatchObject({ version: version.trim() });
});

test('no install script is needed by anything that it brings along', async () => {
  const lock: unknown = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
  expect(JSON.stringify(lock)).not.toContain('hasInstallScript');
  expect(await readdir(join(folder, 'node_modules'))).not.toContain('vitest');
});

test('a streamed request works out of the box', async () => {
  const response = await fetch(`${gateway.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'sluice-demo',
      stream: true,
      messages: [{ role: 'user', content: 'Hello!' }],
    }),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const text = await response.text();
  expect(text).toContain('Sluice');
  expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
});

test('tokens are counted in a thread of the package where no upstream can', async () => {
  const upstreams = [{ id: 'chat-only', provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' }];
  const command = [join(folder, 'node_modules', '.bin', 'sluice')];
  const chatOnly = await startGateway({ command, config: { upstreams } });
  try {
    const count = async (content: string): Promise<number> => {
      const response = await fetch(`${chatOnly.origin}/v1/messages/count_tokens`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
        body: JSON.stringify({ model: 'any', messages: [{ role: 'user', content }] }),
      });
      expect([response.status, response.headers.get('x-sluice-estimated')]).toEqual([200, 'true']);
      const answer: unknown = await response.json();
      return (answer as { input_tokens: number }).input_tokens;
    };
    // The thread knows the vocabulary: a guess by length would say the same of both.
    const words = await count('hello '.repeat(1_000));
    const noise = await count('q7Zx!k'.repeat(1_000));
    expect(words).toBeGreaterThan(950);
    expect(words).toBeLessThan(1_050);
    expect(noise).toBeGreaterThan(2_500);
  } finally {
    await chatOnly.stop();
  }
});

test('the dashboard is served from the package', async () => {
  const response = await fetch(`${gateway.origin}/`, { headers: { accept: 'text/html' } });
  expect(response.url).toBe(`${gateway.origin}/dashboard/`);
  expect(await response.text()).toContain('<title>Sluice</title>');
});
