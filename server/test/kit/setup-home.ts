// A home on the disk for tests of set-ups: files as a person might have them, what stands in all of it, and the tools set
// up in it and undone.

import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Environment } from '../../src/config/environment.ts';
import { applyPlan } from '../../src/setup/apply.ts';
import { lookAround } from '../../src/setup/detect.ts';
import type { Facts, Looking, Tool } from '../../src/setup/facts.ts';
import { prepareFile } from '../../src/setup/prepare.ts';
import { openRecord, type RecordStore } from '../../src/setup/record.ts';
import { type UndoneFile, undoTool } from '../../src/setup/undo.ts';
import { replacePrivate, whileLocked } from '../../src/vault/private-file.ts';

/** A file that is there before. */
export interface HomeFile {
  /** Below the home. */
  readonly path: string;
  /** undefined: a link that leads nowhere yet. */
  readonly text: string | undefined;
  readonly mode: number;
  /** It is a symbolic link to a file elsewhere in the home. */
  readonly linked: boolean;
}

/** A home. */
export interface SetupHome {
  readonly folder: string;
  readonly looking: Looking;
  readonly records: RecordStore;
  /** Every file, folder and link with its mode and content. */
  everything(): Readonly<Record<string, string>>;
  read(path: string): string;
  write(path: string, text: string): void;
  /** `meanwhile` runs between looking at the files and writing them. */
  setUp(tool: Tool, facts: Facts, meanwhile?: () => void): Promise<void>;
  undo(tool: Tool, force?: boolean): Promise<readonly UndoneFile[] | undefined>;
}

/** Makes one. */
export function makeHome(files: readonly HomeFile[], env: Environment = {}): SetupHome {
  const root = mkdtempSync(join(tmpdir(), 'sluice-home-'));
  const folder = join(root, 'home');
  mkdirSync(folder);
  for (const { path, text, mode, linked } of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    const real = linked ? join(folder, 'dotfiles', path.replaceAll('/', '_')) : file;
    mkdirSync(dirname(real), { recursive: true });
    if (linked) symlinkSync(relative(dirname(file), real), file);
    if (text === undefined) continue;
    writeFileSync(real, text);
    chmodSync(real, mode);
  }
  const records = openRecord(join(root, 'data'), { replacePrivate, whileLocked });
  const looking = lookAround(env, folder);
  let nowMs = Date.UTC(2026, 0, 1);
  return {
    folder,
    looking,
    records,
    everything: () => Object.fromEntries(entriesBelow(folder, folder)),
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    write: (path, text) => writeFileSync(join(folder, path), text),
    setUp: async (tool, facts, meanwhile) => {
      const known = (await records.read())[tool.id];
      const prepared = [];
      for (const edit of tool.plan(facts, looking).edits)
        prepared.push(
          await prepareFile(
            edit,
            known?.files.find(({ path }) => path === edit.path),
          ),
        );
      nowMs += 1000;
      meanwhile?.();
      const what = { tool: tool.id, url: facts.url, client: undefined, files: prepared };
      await applyPlan({ ...what, records, nowMs });
    },
    undo: (tool, force = false) => undoTool({ tool: tool.id, records, force }),
  };
}

function* entriesBelow(root: string, folder: string): Generator<[string, string]> {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const place = relative(root, path);
    const found = lstatSync(path);
    const mode = (found.mode & 0o7777).toString(8);
    if (found.isSymbolicLink()) yield [place, `link ${readlinkSync(path)}`];
    else if (found.isDirectory()) {
      yield [place, `folder ${mode}`];
      yield* entriesBelow(root, path);
    } else yield [place, `${mode} ${readFileSync(path).toString('latin1')}`];
  }
}
