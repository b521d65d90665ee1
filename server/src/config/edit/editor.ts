// The configuration as the admin API and the command line change it: read, judged, compared, put in place and taken back.
// The file stays the one source of truth, with its comments; nobody's changes are written over unseen.

import { offsetBeyondDepth } from '../document.ts';
import { inOrder } from '../load.ts';
import type { Problem } from '../problem.ts';
import { changeText } from './change-text.ts';
import { inStyleOf, NO_FILE_ETAG, readConfigText } from './config-text.ts';
import { differenceOf, writtenValue } from './difference.ts';
import { nodeDisk } from './disk.ts';
import { withSecrets, withSecretsAfter } from './hidden.ts';
import { type HistoryRecord, openHistory } from './history.ts';
import { type Judgement, judge, presented } from './judge.ts';
import type {
  ChangeOrder,
  ConfigEditor,
  ConfigEditorOptions,
  EffectiveConfig,
  PutResult,
  Target,
  Validation,
} from './orders.ts';
import { originsOf } from './provenance.ts';
import { replaceWith } from './put.ts';
import { withoutSecrets } from './secret-places.ts';
import { hideForGood, hideSecrets, restoreSecrets } from './secret-text.ts';

export type {
  ChangeOrder,
  ConfigEditor,
  ConfigEditorOptions,
  Edits,
  PutResult,
} from './orders.ts';

/** Makes an editor. */
export function createConfigEditor(options: ConfigEditorOptions): ConfigEditor {
  const history = openHistory(`${options.dataFolder}/config-history`, options.disk ?? nodeDisk, () =>
    options.nowMs === undefined ? Date.now() : options.nowMs(),
  );
  /** One change after the other: each sees what the one before it left. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const target = () => targetOf(options);
  const record = async (id: string): Promise<HistoryRecord | undefined> => {
    return (await history.records()).find((one) => one.id === id);
  };
  const place = (text: string, order: ChangeOrder, found: Target): Promise<PutResult> =>
    replaceWith({ options, history, target: found, text, order });

  return {
    read: async () => {
      const found = await target();
      if (typeof found === 'string')
        return { text: '', etag: NO_FILE_ETAG, file: options.file() ?? '', exists: false, failure: found };
      const { path, now, base } = found;
      return { text: hideSecrets(base), etag: now.etag, file: path, exists: now.exists };
    },
    written: async () => {
      const found = await target();
      if (typeof found === 'string') return undefined;
      const value = withoutSecrets([], writtenValue(found.path, found.base));
      return { value, etag: found.now.etag };
    },
    effective: () => effective(options, target, () => history.records()),
    validate: async (text) => {
      const found = await target();
      return typeof found === 'string' ? unreadable(found) : await validated(text, found, options);
    },
    diff: async (text) => {
      const found = await target();
      if (typeof found === 'string') return { unified: '', changes: [], ...unreadable(found) };
      const valid = await validated(text, found, options);
      if (offsetBeyondDepth(text) !== undefined) return { unified: '', changes: [], ...valid };
      const whole = restoreSecrets(text, found.base);
      const shown = await differenceOf(
        found.path,
        found.base,
        inStyleOf(found.now, whole.ok ? whole.text : text),
      );
      return { ...shown, ...valid };
    },
    put: (text, order) =>
      inTurn(async () => {
        const found = await target();
        if (typeof found === 'string') return unwritable(found);
        if (outdated(found, order)) return { ok: false, why: 'conflict', etag: found.now.etag };
        const whole = withSecrets(text, found);
        return whole.ok ? await place(whole.text, order, found) : { ...whole, why: 'invalid' };
      }),
    change: (edits, order) =>
      inTurn(async () => {
        const found = await target();
        if (typeof found === 'string') return unwritable(found);
        if (outdated(found, order)) return { ok: false, why: 'conflict', etag: found.now.etag };
        const list = typeof edits === 'function' ? edits(writtenValue(found.path, found.base)) : edits;
        if (typeof list === 'string') return invalid(found.path, list);
        const changed = changeText(found.base, list);
        if (!changed.ok) return invalid(found.path, changed.message);
        const whole = withSecretsAfter(list, changed.text, found);
        return whole.ok ? await place(whole.text, order, found) : { ...whole, why: 'invalid' };
      }),
    history: async () => {
      const records = await history.records();
      return records
        .map(({ id, at, by, note, changedPaths }) => ({ id, at, by, note, changedPaths }))
        .reverse();
    },
    historyText: async (id) => {
      const found = await record(id);
      return found === undefined ? undefined : hideForGood(found.text);
    },
    historyDiff: async (id) => {
      const [found, now] = await Promise.all([record(id), target()]);
      if (found === undefined || typeof now === 'string') return undefined;
      return await differenceOf(now.path, now.base, found.text);
    },
    rollback: (id, order) =>
      inTurn(async () => {
        const [old, found] = await Promise.all([record(id), target()]);
        if (old === undefined) return undefined;
        if (typeof found === 'string') return unwritable(found);
        if (outdated(found, order)) return { ok: false, why: 'conflict', etag: found.now.etag };
        return await place(old.text, { note: `back to ${id}`, ...order }, found);
      }),
  };
}

async function targetOf({ file, first }: ConfigEditorOptions): Promise<Target | string> {
  const path = file() ?? first?.path;
  if (path === undefined) return 'There is no configuration file. "sluice init" writes one.';
  const now = await readConfigText(path);
  if (typeof now === 'string') return now;
  if (now.exists) return { path, now, base: now.text };
  if (first === undefined || file() !== undefined) return `${path} is not there. "sluice init" writes one.`;
  return { path, now, base: first.text() };
}

function outdated({ now }: Target, { etag }: ChangeOrder): boolean {
  return etag !== undefined && etag !== '*' && etag !== now.etag;
}

async function validated(text: string, found: Target, options: ConfigEditorOptions): Promise<Validation> {
  const whole = withSecrets(text, found);
  if (!whole.ok) return whole;
  return outcomeOf(await judge(found.path, whole.text, options));
}

function outcomeOf(judged: Judgement): Validation {
  return judged.ok ? { ok: true, problems: judged.warnings } : judged;
}

async function effective(
  options: ConfigEditorOptions,
  target: () => Promise<Target | string>,
  records: () => Promise<readonly HistoryRecord[]>,
): Promise<EffectiveConfig> {
  const found = await target();
  if (typeof found === 'string') return { presented: undefined, values: [], ...unreadable(found) };
  const judged = await judge(found.path, found.base, options);
  if (!judged.ok) return { presented: undefined, values: [], problems: inOrder(judged.problems) };
  const values = originsOf(judged.loaded, await records(), options);
  return { presented: presented(judged, options), values, problems: judged.warnings };
}

function unreadable(message: string): Validation {
  return { ok: false, problems: [plainProblem(undefined, message)] };
}

function unwritable(message: string): PutResult {
  return { ok: false, why: 'unwritable', message };
}

function invalid(file: string, message: string): PutResult {
  return { ok: false, why: 'invalid', problems: [plainProblem(file, message)] };
}

function plainProblem(file: string | undefined, message: string): Problem {
  return { severity: 'error', file, line: undefined, column: undefined, path: '', message };
}
