// Notices that the configuration, or a file that it refers to, has other contents than those last read. Folder events
// make it quick, a slow poll makes it certain (network file systems, replaced folders, lost events).

import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { type WatchPlaces, watchPlaces } from './watch-places.ts';

/** What is watched and how. */
export interface WatchOptions {
  /** What was last read: its files are watched, and contents with its fingerprint are no news. Asked before every check. */
  lastRead(): Snapshot;
  /** Contents differ from what was last read. Awaited before the next check; should make lastRead() answer the new snapshot. */
  onChange(): void | Promise<void>;
  /** Quiet time after an event before the files are read, in milliseconds. */
  readonly debounceMs?: number;
  /** How often the files are read without any event, in milliseconds. */
  readonly pollMs?: number;
}

/** A running watch. */
export interface ConfigWatch {
  /** Compares now instead of waiting; resolves when a change, if there is one, has been handled. */
  check(): Promise<void>;
  /** Stops. onChange is not called any more, except for a check that is already running. */
  close(): void;
}

/** Starts watching. It does not keep the process alive. */
export function watchConfig(options: WatchOptions): ConfigWatch {
  const { debounceMs = 100, pollMs = 2_000 } = options;
  let watchers: FSWatcher[] = [];
  let armedFor = '';
  let closed = false;
  let debounce: NodeJS.Timeout | undefined;
  let firstEventMs = 0;
  let running: Promise<void> | undefined;

  const disarm = (): void => {
    for (const watcher of watchers) watcher.close();
    watchers = [];
  };

  /** Watches the folders of the moment; a replaced link or folder means other folders. */
  const arm = async (): Promise<void> => {
    const places = await watchPlaces(options.lastRead().files);
    const key = await identityOf(places);
    if (closed || (key === armedFor && watchers.length === places.size)) return;
    armedFor = key;
    disarm();
    watchers = openWatchers(places, touched, lost);
  };

  /** A folder is gone or cannot be watched any more: forget it, so that the next check arms again. */
  const lost = (watcher: FSWatcher): void => {
    watcher.close();
    watchers = watchers.filter((other) => other !== watcher);
  };

  const compare = async (): Promise<void> => {
    await arm();
    if (closed) return;
    const last = options.lastRead();
    const now = await takeSnapshot(last.files);
    if (closed || now.fingerprint === last.fingerprint) return;
    await options.onChange();
    await arm();
  };

  /** One comparison at a time; a request during one is answered by the next. */
  const check = async (): Promise<void> => {
    while (running !== undefined) await running;
    if (closed) return;
    running = compare().finally(() => {
      running = undefined;
    });
    await running;
  };

  // A steady stream of events must not put the check off for ever: ten quiet times after the first one it is made.
  const touched = (): void => {
    const nowMs = performance.now();
    if (debounce === undefined) firstEventMs = nowMs;
    else clearTimeout(debounce);
    const delayMs = Math.max(0, Math.min(debounceMs, firstEventMs + 10 * debounceMs - nowMs));
    debounce = setTimeout(() => {
      debounce = undefined;
      void check();
    }, delayMs);
    debounce.unref();
  };

  const poll = setInterval(() => {
    if (running === undefined && debounce === undefined) void check();
  }, pollMs);
  poll.unref();
  void check();

  return {
    check,
    close: () => {
      closed = true;
      clearTimeout(debounce);
      clearInterval(poll);
      disarm();
    },
  };
}

/** Equal for the same names in the same folders; a folder that was deleted and made again is another one. */
async function identityOf(places: WatchPlaces): Promise<string> {
  const lines = [...places].map(async ([folder, names]) => {
    const inode = await stat(folder).then(
      (found) => found.ino,
      () => 0,
    );
    return JSON.stringify([folder, inode, [...names].sort()]);
  });
  return (await Promise.all(lines)).sort().join('\n');
}

function openWatchers(
  places: WatchPlaces,
  touched: () => void,
  lost: (watcher: FSWatcher) => void,
): FSWatcher[] {
  const watchers: FSWatcher[] = [];
  for (const [folder, names] of places) {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || names.has(name)) touched();
      });
      watcher.on('error', () => {
        lost(watcher);
        touched();
      });
      watchers.push(watcher);
    } catch {
      // The folder is not there, or the system has no watches left: the poll finds the change.
    }
  }
  return watchers;
}
