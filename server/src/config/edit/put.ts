// Puts a new text in the place of the configuration: judged before it is written, written as a whole, remembered, and
// then taken over by the running gateway.

import type { Problem } from '../problem.ts';
import { etagOf, inStyleOf, readConfigText, replaceConfigText } from './config-text.ts';
import { compareTexts, writtenValue } from './difference.ts';
import { BY_FILE, type History, type HistoryEntry } from './history.ts';
import { judge } from './judge.ts';
import type { Forgotten, KeyStoreFailure } from './key-store.ts';
import type { ChangeOrder, ConfigEditorOptions, NewUpstreamKey, PutResult, Target } from './orders.ts';
import { movedUpstreams } from './origins.ts';

/** One replacement. */
export interface Replacement {
  readonly options: ConfigEditorOptions;
  readonly history: History;
  readonly target: Target;
  /** Whole, with its secrets. */
  readonly text: string;
  readonly order: ChangeOrder;
}

/** Does it. A file that somebody else changes meanwhile is left as it is. */
export async function replaceWith(replacement: Replacement): Promise<PutResult> {
  const { options, history, target, order } = replacement;
  const { path, now, base } = target;
  const text = inStyleOf(now, replacement.text);
  const { newKeys = [] } = order;
  const moved = movedUpstreams(writtenValue(path, base), writtenValue(path, text));
  const judged = await judge(path, text, {
    ...options,
    hasKeysElsewhere: (id) =>
      newKeys.some(({ upstream }) => upstream === id) ||
      (!moved.includes(id) && options.hasKeysElsewhere?.(id) === true),
  });
  if (!judged.ok) return { ok: false, why: 'invalid', problems: judged.problems };
  if (now.exists && text === now.text) return unchanged(target, judged.warnings);

  const doubts: string[] = [];
  const seen = now.exists ? await remember(history, path, now.text) : undefined;
  if (typeof seen === 'string') doubts.push(seen);
  // Before the new address is in force, so that no key is ever sent to it that was given for the old one.
  const forgotten = await forget(options, [...moved, ...(order.withoutKeysOf ?? [])]);
  if (!forgotten.ok) return { why: 'unwritable', ...forgotten };
  const written = await replaceConfigText(path, now, text, options.disk);
  if (!written.ok) {
    await forgotten.putBack();
    if (written.why !== 'changed') return { ok: false, why: 'unwritable', message: written.why };
    return { ok: false, why: 'conflict', etag: await presentEtag(target) };
  }
  const { changes, traces } = compareTexts(path, base, text);
  const entry = await history.add({
    by: order.by,
    ...(order.note === undefined ? {} : { note: order.note }),
    changedPaths: changes.map((change) => change.path),
    traces,
    text,
  });
  if (typeof entry === 'string') doubts.push(entry);
  if (!now.exists) options.first?.adopt(path);
  doubts.push(...(await seal(options, newKeys)));
  const reload = await options.reload();
  return {
    ok: true,
    etag: etagOf(now.bom ? `\uFEFF${text}` : text),
    file: path,
    written: true,
    created: !now.exists,
    changes,
    entry: typeof entry === 'string' ? undefined : entry,
    reload,
    forgottenKeys: forgotten.keys.map(({ upstream, id }) => `${upstream}/${id}`),
    warnings: [...judged.warnings, ...doubts.map(doubt)],
  };
}

function unchanged({ path, now }: Target, warnings: readonly Problem[]): PutResult {
  return {
    ok: true,
    etag: now.etag,
    file: path,
    written: false,
    created: false,
    changes: [],
    entry: undefined,
    reload: { swapped: false, problems: [] },
    forgottenKeys: [],
    warnings,
  };
}

/** Keeps the text that is about to be replaced, where it is not the last one that was put in place here. */
async function remember(
  history: History,
  path: string,
  text: string,
): Promise<HistoryEntry | string | undefined> {
  const last = (await history.records()).at(-1);
  if (last?.text === text) return undefined;
  const { changes, traces } =
    last === undefined ? { changes: [], traces: [] } : compareTexts(path, last.text, text);
  return await history.add({
    by: BY_FILE,
    note: last === undefined ? 'As it was before the first change.' : 'Changed in the file.',
    changedPaths: changes.map((change) => change.path),
    traces,
    text,
  });
}

const NOTHING_FORGOTTEN: Forgotten = { ok: true, keys: [], putBack: () => Promise.resolve() };

async function forget(
  { keys }: ConfigEditorOptions,
  moved: readonly string[],
): Promise<Forgotten | KeyStoreFailure> {
  const kept = keys === undefined ? [] : moved.filter((id) => keys.has(id));
  return keys === undefined || kept.length === 0 ? NOTHING_FORGOTTEN : await keys.forget(kept);
}

/** Seals what came with the change; answers what went wrong. */
async function seal(
  { keys }: ConfigEditorOptions,
  newKeys: readonly NewUpstreamKey[],
): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const { upstream, value, name } of newKeys) {
    const kept = await keys?.add(upstream, value, name);
    if (kept === undefined) failures.push(`The key of ${upstream} could not be stored: there is no vault.`);
    else if (!kept.ok) failures.push(`The key of ${upstream} could not be stored: ${kept.message}`);
  }
  return failures;
}

async function presentEtag({ path, now }: Target): Promise<string> {
  const found = await readConfigText(path);
  return typeof found === 'string' ? now.etag : found.etag;
}

function doubt(message: string): Problem {
  return { severity: 'warning', file: undefined, line: undefined, column: undefined, path: '', message };
}
