// What has to be known about an installation to describe it to the program that starts programs on this system. The
// descriptions themselves (systemd.ts, launchd.ts) are text made from these facts, and nothing here acts.

/** An installation that is to be started by the system. All paths are absolute. */
export interface UnitFacts {
  /** The Node.js that runs it. */
  readonly node: string;
  /** The main.js of the installation. */
  readonly main: string;
  /** The configuration file; undefined: found at every start as `sluice serve` finds it. */
  readonly config: string | undefined;
  readonly workingFolder: string;
  /** Folders that it may write to, all of which exist. */
  readonly writableFolders: readonly string[];
  /** Lines of NAME=value, readable by the owner alone: keys that the configuration refers to. */
  readonly environmentFile: string;
  /** Variables without secrets, such as XDG_DATA_HOME. */
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined: for the user who installs it; else for the whole machine, run as `user` (systemd only). */
  readonly system: { readonly user: string } | undefined;
  /** How long exchanges in flight may finish. */
  readonly drainMs: number;
  /** Whether the file system is closed to it except for its own folders (systemd only). */
  readonly sandbox: boolean;
  /** Where output goes where the system keeps none (launchd only). */
  readonly outputFile: string;
}

/** The time after the drain in which the ledger is closed, before the system ends the process by force. */
const CLOSING_SECONDS = 15;

/** How long the system has to wait after SIGTERM, in seconds. */
export function stopSeconds({ drainMs }: UnitFacts): number {
  return Math.ceil(drainMs / 1_000) + CLOSING_SECONDS;
}

/**
 * A path or value that no description can hold; undefined where all can. A line break in one would begin a setting of its own,
 * such as a program to run, and a backslash at its end would take in the next line.
 */
export function unwritableIn(facts: UnitFacts): string | undefined {
  const { node, main, config = '', workingFolder, writableFolders, environmentFile, outputFile } = facts;
  const texts = [node, main, config, workingFolder, ...writableFolders, environmentFile, outputFile];
  return [...texts, ...Object.values(facts.environment)].find(
    (text) => /\p{Cc}|\p{Zl}|\p{Zp}/u.test(text) || /[\s\\]$/.test(text),
  );
}

/** What is served, after `main`. */
export function serveArguments({ config }: UnitFacts): readonly string[] {
  return config === undefined ? ['serve'] : ['serve', '--config', config];
}
