// The settings in force, and the only place where they change: one pointer, swapped when a new file is wholly good.
// Exchanges keep the settings they began with; health is kept elsewhere, by key id, and is not touched by a swap.

import { checkExposure } from './exposure.ts';
import { loadConfig } from './load.ts';
import type { Problem } from './problem.ts';
import { type ResolveOptions, resolveSettings } from './resolve.ts';
import { checkSecrecy } from './secrecy.ts';
import type { Settings } from './settings.ts';
import type { Snapshot } from './snapshot.ts';

/** One reading of a file, all the way to settings. */
export type SettingsReading = { readonly snapshot: Snapshot } & (
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }
);

/** Reads, validates and resolves a file. Never rejects. Whether it may be served is another question: checkExposure(). */
export async function readSettings(file: string, options: ResolveOptions = {}): Promise<SettingsReading> {
  const loaded = await loadConfig(file, options.env);
  if (!loaded.ok) return loaded;
  const resolved = resolveSettings(loaded.value, options);
  const readable = await checkSecrecy(loaded.value);
  if (!resolved.ok || readable === undefined) return { ...resolved, snapshot: loaded.snapshot };
  return { ...resolved, warnings: [...resolved.warnings, readable], snapshot: loaded.snapshot };
}

/** What became of a reload. Problems hold the warnings of settings that were accepted, or the reasons against them. */
export interface ReloadResult {
  /** True when the new settings are in force. */
  readonly swapped: boolean;
  readonly problems: readonly Problem[];
}

/** Called after a swap, in the same turn of the event loop. Must not throw. */
export type SwapListener = (next: Settings, previous: Settings) => void;

/** The settings in force. */
export interface LiveSettings {
  current(): Settings;
  /** What was last read, good or not: hand it to watchConfig(). */
  lastRead(): Snapshot;
  /**
   * Reads the file again and swaps, or keeps what is in force and says why. Never rejects. Calls during a reload share
   * one more reload after it.
   */
  reload(): Promise<ReloadResult>;
  /** Adds a listener; the answer removes it. */
  onSwap(listener: SwapListener): () => void;
}

/** How live settings are made. */
export interface LiveSettingsOptions {
  /** The reading that the gateway starts with. */
  readonly initial: { readonly settings: Settings; readonly snapshot: Snapshot };
  /** Reads again; undefined where there is no file, so that nothing can change. */
  readonly read?: () => Promise<SettingsReading>;
  /** Told of every reload, however it was asked for. */
  report?(result: ReloadResult): void;
}

/** Starts with the initial settings. */
export function createLiveSettings(options: LiveSettingsOptions): LiveSettings {
  const { initial, read } = options;
  const listeners = new Set<SwapListener>();
  let settings = initial.settings;
  let snapshot = initial.snapshot;
  let running: Promise<ReloadResult> | undefined;
  let next: Promise<ReloadResult> | undefined;

  const accept = (reading: SettingsReading): ReloadResult => {
    snapshot = reading.snapshot;
    if (!reading.ok) return { swapped: false, problems: reading.problems };
    const { pinned, warnings } = pinBound(reading.settings, initial.settings);
    const exposed = checkExposure(pinned);
    if (exposed !== undefined) return { swapped: false, problems: [exposed] };
    const previous = settings;
    settings = pinned;
    for (const listener of listeners) listener(pinned, previous);
    return { swapped: true, problems: [...reading.warnings, ...warnings] };
  };

  const once = async (): Promise<ReloadResult> => {
    const result = read === undefined ? { swapped: false, problems: [] } : accept(await read());
    options.report?.(result);
    return result;
  };

  const start = (): Promise<ReloadResult> => {
    running = once().finally(() => {
      running = undefined;
    });
    return running;
  };

  return {
    current: () => settings,
    lastRead: () => snapshot,
    reload: () => {
      if (running === undefined) return start();
      next ??= running.then(() => {
        next = undefined;
        return start();
      });
      return next;
    },
    onSwap: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

/**
 * Keeps what was bound or opened at the start, so that the settings say what is true and a file that names a loopback
 * address cannot make a gateway look private whose socket is not.
 */
function pinBound(
  next: Settings,
  initial: Settings,
): { readonly pinned: Settings; readonly warnings: readonly Problem[] } {
  const { host, port, compatListeners = [] } = initial.server;
  const { sqlitePath, postgresUrl } = initial.storage;
  const { workers } = initial.server;
  const bound = { host, port, compatListeners, ...(workers === undefined ? {} : { workers }) };
  const pinned: Settings = {
    ...next,
    server: { ...next.server, ...bound },
    storage: { ...next.storage, sqlitePath, postgresUrl },
    state: initial.state,
    log: { ...next.log, file: initial.log.file },
  };
  const changed: readonly (readonly [path: string, changed: boolean])[] = [
    ['server.host', next.server.host !== initial.server.host],
    ['server.port', next.server.port !== initial.server.port],
    ['server.compatListeners', String(next.server.compatListeners ?? []) !== String(compatListeners)],
    ['server.workers', next.server.workers !== workers],
    ['state.url', next.state?.url !== initial.state?.url],
    ['state.prefix', next.state?.prefix !== initial.state?.prefix],
    ['state.timeoutMs', next.state?.timeoutMs !== initial.state?.timeoutMs],
    ['storage.url', next.storage.sqlitePath !== sqlitePath || next.storage.postgresUrl !== postgresUrl],
    ['log.file', next.log.file !== initial.log.file],
  ];
  const warnings = changed
    .filter(([, differs]) => differs)
    .map(
      ([path]): Problem => ({
        severity: 'warning',
        file: next.origin.file,
        line: undefined,
        column: undefined,
        path,
        message: 'Takes effect at the next start of the gateway.',
      }),
    );
  return { pinned, warnings };
}
