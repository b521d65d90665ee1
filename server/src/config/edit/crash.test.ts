import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfigText, replaceConfigText } from './config-text.ts';
import { type Disk, nodeDisk } from './disk.ts';

const OLD = '{ "upstreams": [{ "id": "old", "provider": "ollama" }] }\n';
const NEW = '{ "upstreams": [{ "id": "new", "provider": "ollama" }] }\n';

/** A disk whose `at`-th operation fails; after a crash nothing works any more, not even clearing up. */
function failing(at: number, crash: boolean): { readonly disk: Disk; readonly steps: string[] } {
  const steps: string[] = [];
  const guard =
    <Args extends readonly unknown[], T>(name: string, work: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      steps.push(name);
      if (steps.length - 1 === at || (crash && steps.length - 1 > at)) {
        // A crash in the middle of writing leaves half a file behind.
        if (name === 'writeNew') writeFileSync(String(args[0]), String(args[1]).slice(0, 10));
        throw Object.assign(new Error('injected'), { code: 'EIO' });
      }
      return await work(...args);
    };
  const disk: Disk = {
    resolve: guard('resolve', nodeDisk.resolve),
    modeOf: guard('modeOf', nodeDisk.modeOf),
    makeFolder: guard('makeFolder', nodeDisk.makeFolder),
    writeNew: guard('writeNew', nodeDisk.writeNew),
    setMode: guard('setMode', nodeDisk.setMode),
    setOwner: guard('setOwner', nodeDisk.setOwner),
    rename: guard('rename', nodeDisk.rename),
    link: guard('link', nodeDisk.link),
    remove: guard('remove', nodeDisk.remove),
    syncFolder: guard('syncFolder', nodeDisk.syncFolder),
  };
  return { disk, steps };
}

describe.each([
  ['an error', false],
  ['a crash', true],
])('26 %s while the configuration is written', (_, crash) => {
  test('leaves the old file or the new one, at whichever step it happens', async () => {
    const outcomes: string[] = [];
    for (let at = 0; at < 20; at++) {
      const file = join(mkdtempSync(join(tmpdir(), 'sluice-crash-')), 'sluice.jsonc');
      writeFileSync(file, OLD);
      const before = await readConfigText(file);
      if (typeof before === 'string') throw new Error(before);
      const { disk, steps } = failing(at, crash);
      const written = await replaceConfigText(file, before, NEW, disk);
      const text = readFileSync(file, 'utf8');
      expect([OLD, NEW]).toContain(text);
      if (written.ok) expect(text).toBe(NEW);
      if (steps.length <= at) break;
      outcomes.push(`${steps[at]} ${text === NEW ? 'new' : 'old'}`);
    }
    expect(outcomes).toContain('writeNew old');
    expect(outcomes).toContain('rename old');
    expect(outcomes).toContain('syncFolder new');
  });
});
