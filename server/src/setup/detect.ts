// Which tools are on this machine: their programs on the PATH, and the folders that they leave in a home.

import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from '../config/environment.ts';
import type { Looking, Tool } from './facts.ts';
import { TOOLS } from './tools/index.ts';

/** No settings of a tool are larger. */
const MOST_BYTES = 4 * 1024 * 1024;

/** A tool, and by what it was found. */
export interface Detected {
  readonly tool: Tool;
  /** Absolute path of its program. */
  readonly program: string | undefined;
  /** Its folder, where that is there. */
  readonly folder: string | undefined;
}

/** Looks at this machine. */
export function lookAround(env: Environment, home: string): Looking {
  return {
    env,
    home,
    read: (path) => {
      try {
        // To read a pipe or a device may never end.
        const found = statSync(path);
        if (!found.isFile() || found.size > MOST_BYTES) return undefined;
        return readFileSync(path, 'utf8');
      } catch {
        return undefined;
      }
    },
  };
}

/** All tools. */
export function detect(looking: Looking): readonly Detected[] {
  return TOOLS.map((tool) => {
    const folder = tool.folder(looking);
    return {
      tool,
      program: programOnPath(looking.env, tool.program),
      folder: existsSync(folder) ? folder : undefined,
    };
  });
}

/** The program that a name starts; undefined where there is none. */
export function programOnPath(env: Environment, name: string): string | undefined {
  const windows = process.platform === 'win32';
  const endings = windows ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    for (const ending of endings) {
      const path = join(folder, name + ending);
      if (isProgram(path)) return path;
    }
  }
  return undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
