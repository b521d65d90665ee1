import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLiveSettings, type LiveSettings, type ReloadResult, readSettings } from './live-settings.ts';
import type { ResolveOptions } from './resolve.ts';
import { watchConfig } from './watch.ts';

const newFile = (): string => join(mkdtempSync(join(tmpdir(), 'sluice-live-')), 'sluice.jsonc');

/** A configuration that says the same number in several places, far from each other. */
function numbered(number: number): string {
  const padding = `// ${'x'.repeat(6_000)}\n`;
  const upstream = `{ "id": "u${number}", "provider": "ollama" }`;
  return `{ "aliases": { "n": "m${number}" },\n${padding}"retry": { "maxAttempts": ${(number % 20) + 1} },\n${padding}"upstreams": [${upstream}],\n"server": { "drainMs": ${number} } }\n`;
}

async function live(
  file: string,
  options: ResolveOptions = { env: {} },
): Promise<{ live: LiveSettings; results: ReloadResult[] }> {
  const read = (): ReturnType<typeof readSettings> => readSettings(file, options);
  const initial = await read();
  if (!initial.ok) throw new Error('the first configuration must be good');
  const results: ReloadResult[] = [];
  const report = (result: ReloadResult): void => {
    results.push(result);
  };
  return { live: createLiveSettings({ initial, read, report }), results };
}

describe('a reload', () => {
  it('swaps to a good file and tells the listeners', async () => {
    const file = newFile();
    writeFileSync(file, numbered(1));
    const { live: settings } = await live(file);
    const before = settings.current();
    const swaps: unknown[] = [];
    const stop = settings.onSwap((next, previous) => swaps.push([next, previous]));
    writeFileSync(file, numbered(2));
    expect(await settings.reload()).toEqual({ swapped: true, problems: [] });
    expect(settings.current().aliases).toEqual({ n: 'm2' });
    expect(swaps).toEqual([[settings.current(), before]]);
    expect(before.aliases).toEqual({ n: 'm1' });
    stop();
    await settings.reload();
    expect(swaps).toHaveLength(1);
  });

  it('keeps what is in force when the file is wrong, empty or gone, and says why', async () => {
    const file = newFile();
    writeFileSync(file, numbered(1));
    const { live: settings, results } = await live(file);
    const before = settings.current();
    const breakIt: readonly (() => void)[] = [
      () => writeFileSync(file, '{ "retry": { "maxAttempts": 0 } }'),
      () => writeFileSync(file, '{ "upstreams": [{ "id": "a", "provider": "nobody" }] }'),
      () => writeFileSync(file, ''),
      () => rmSync(file),
    ];
    for (const makeBad of breakIt) {
      makeBad();
      const result = await settings.reload();
      expect(result.swapped).toBe(false);
      expect(result.problems).toHaveLength(1);
      expect(settings.current()).toBe(before);
    }
    expect(results).toHaveLength(breakIt.length);
  });

  it('keeps address and storage of the start and says that they need a new one', async () => {
    const file = newFile();
    writeFileSync(file, '{ "upstreams": [{ "id": "a", "provider": "ollama" }] }');
    const { live: settings } = await live(file);
    const { server, storage } = settings.current();
    writeFileSync(
      file,
      '{ "upstreams": [{ "id": "a", "provider": "ollama" }], "server": { "port": 1, "heartbeatMs": 5 }, "storage": { "url": "sqlite:x.db" } }',
    );
    const result = await settings.reload();
    expect(result.problems.map((problem) => problem.path)).toEqual(['server.port', 'storage.url']);
    expect(settings.current().server).toEqual({ ...server, heartbeatMs: 5 });
    expect(settings.current().storage).toEqual(storage);
  });

  it('does not open a gateway that other machines can reach, whatever host the file names now', async () => {
    const file = newFile();
    const client = '"clients": [{ "id": "me", "key": "sk-sluice-0123456789abcdef" }]';
    writeFileSync(file, `{ "server": { "host": "0.0.0.0" }, ${client} }`);
    const { live: settings } = await live(file);
    writeFileSync(file, '{ "server": { "host": "127.0.0.1" } }');
    const result = await settings.reload();
    expect(result.swapped).toBe(false);
    expect(result.problems[0]?.message).toContain('no client key protects the gateway');
    expect(settings.current().clients).toHaveLength(1);
  });

  it('is made once more for all that ask during one', async () => {
    const file = newFile();
    writeFileSync(file, numbered(1));
    const { live: settings, results } = await live(file);
    await Promise.all(Array.from({ length: 10 }, () => settings.reload()));
    expect(results).toHaveLength(2);
  });

  it('of settings without a file changes nothing', async () => {
    const file = newFile();
    writeFileSync(file, numbered(1));
    const initial = await readSettings(file, { env: {} });
    if (!initial.ok) throw new Error('must be good');
    const settings = createLiveSettings({ initial });
    expect(await settings.reload()).toEqual({ swapped: false, problems: [] });
  });
});

describe('a file that is rewritten a hundred times while it is watched', () => {
  it('is never taken over half-written, and its last state is in force at the end', async () => {
    const file = newFile();
    writeFileSync(file, numbered(0));
    const { live: settings } = await live(file);
    const torn: unknown[] = [];
    settings.onSwap(({ aliases, routes, upstreams, server }) => {
      const number = server.drainMs;
      const whole =
        aliases['n'] === `m${number}` &&
        upstreams[0]?.id === `u${number}` &&
        routes[0]?.retry.maxAttempts === (number % 20) + 1;
      if (!whole) torn.push({ aliases, server });
    });
    const watch = watchConfig({
      debounceMs: 5,
      pollMs: 20,
      lastRead: () => settings.lastRead(),
      onChange: async () => {
        await settings.reload();
      },
    });
    for (let number = 1; number <= 100; number++) {
      if (number % 2 === 0) {
        writeFileSync(`${file}.new`, numbered(number));
        renameSync(`${file}.new`, file);
      } else {
        // In place and in pieces, without truncating first: what is on disk in between is half old, half new.
        const bytes = Buffer.from(numbered(number));
        const handle = await openFile(file, 'r+');
        for (let at = 0; at < bytes.length; at += 2_000) {
          const { bytesWritten } = await handle.write(bytes, at, Math.min(2_000, bytes.length - at), at);
          expect(bytesWritten).toBeGreaterThan(0);
        }
        await handle.truncate(bytes.length);
        await handle.close();
      }
      void settings.reload();
    }
    await settings.reload();
    await watch.check();
    watch.close();
    expect(torn).toEqual([]);
    expect(settings.current().server.drainMs).toBe(100);
  });
});
