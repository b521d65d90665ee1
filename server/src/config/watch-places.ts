// Which folder entries decide what a path leads to: the file itself and every symbolic link on the way. Kubernetes
// swaps a mounted configuration by replacing such a link two folders away from the name that was given.

import { lstat, readlink } from 'node:fs/promises';
import { dirname, join, parse, resolve, sep } from 'node:path';

/** Longest chain of links that is followed; the kernel stops at 40. */
const MAX_LINKS = 40;

/** Folder → names in it whose replacement changes what one of the paths leads to. */
export type WatchPlaces = ReadonlyMap<string, ReadonlySet<string>>;

/** Finds the entries to watch for some absolute paths. Never rejects; what does not exist yet is watched by name. */
export async function watchPlaces(paths: readonly string[]): Promise<WatchPlaces> {
  const places = new Map<string, Set<string>>();
  const add = (path: string): void => {
    const folder = dirname(path);
    const names = places.get(folder) ?? new Set();
    names.add(path.slice(folder.endsWith(sep) ? folder.length : folder.length + 1));
    places.set(folder, names);
  };
  for (const path of paths) await follow(path, add);
  return places;
}

async function follow(start: string, add: (path: string) => void): Promise<void> {
  let path = resolve(start);
  for (let links = 0; links <= MAX_LINKS; links++) {
    const link = await firstLink(path);
    if (link === undefined) break;
    add(link.at);
    path = link.leadsTo;
  }
  add(path);
}

/** The first symbolic link among the folders of a path and the path itself, and where the path leads through it. */
async function firstLink(path: string): Promise<{ at: string; leadsTo: string } | undefined> {
  const { root } = parse(path);
  const names = path.slice(root.length).split(sep);
  let at = root;
  for (const [index, name] of names.entries()) {
    at = join(at, name);
    try {
      if (!(await lstat(at)).isSymbolicLink()) continue;
      const target = resolve(dirname(at), await readlink(at));
      return { at, leadsTo: join(target, ...names.slice(index + 1)) };
    } catch {
      return undefined; // missing or unreadable: nothing below it can be a link
    }
  }
  return undefined;
}
