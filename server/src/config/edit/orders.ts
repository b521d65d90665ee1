// What can be asked of the configuration by those who change it, and what they are answered.

import type { JsonValue } from '../document.ts';
import type { ReloadResult } from '../live-settings.ts';
import type { PresentedConfig } from '../present.ts';
import type { Problem } from '../problem.ts';
import type { Edit } from './change-text.ts';
import type { Change } from './compare.ts';
import type { ConfigText } from './config-text.ts';
import type { Difference } from './difference.ts';
import type { Disk } from './disk.ts';
import type { HistoryEntry } from './history.ts';
import type { JudgeOptions } from './judge.ts';
import type { KeyStore, KeyValue } from './key-store.ts';
import type { OriginatedValue } from './provenance.ts';

/** The file as it may be shown. */
export interface ConfigReading {
  /** Secrets are hidden behind numbers; handed in again, they stand for what they hide. */
  readonly text: string;
  /** Names this version; changes that name another one are refused. */
  readonly etag: string;
  /** Absolute path; of one that is not there yet, where it would be written. */
  readonly file: string;
  /** False where the gateway runs without a file: the text is the one that a first change would write. */
  readonly exists: boolean;
  /** Why the file cannot be read. */
  readonly failure?: string;
}

/** What is in force and where it came from. */
export interface EffectiveConfig {
  /** As "sluice config show" prints it; undefined where the file has mistakes. */
  readonly presented: PresentedConfig | undefined;
  readonly values: readonly OriginatedValue[];
  /** Mistakes in the file (what was read before them is in force), or warnings. */
  readonly problems: readonly Problem[];
}

/** Who changes something, and which version of it. */
export interface ChangeOrder {
  /** The version that is to be changed; absent: whichever it is. "*" is the same. */
  readonly etag?: string | undefined;
  /** Who, for the history: "key", "session abc", "cli". */
  readonly by: string;
  readonly note?: string | undefined;
  /** Keys to be sealed with the change, so that they need not stand in the file. */
  readonly newKeys?: readonly NewUpstreamKey[];
  /** Upstreams that the change takes out, whose stored keys go with them. */
  readonly withoutKeysOf?: readonly string[];
}

/** A key for an upstream that the change makes or moves. */
export interface NewUpstreamKey {
  readonly upstream: string;
  readonly value: KeyValue;
  readonly name?: string | undefined;
}

/** What became of a change. */
export type PutResult =
  | {
      readonly ok: true;
      readonly etag: string;
      readonly file: string;
      /** False where the text was that of the file already. */
      readonly written: boolean;
      /** The file was not there before. */
      readonly created: boolean;
      readonly changes: readonly Change[];
      readonly entry: HistoryEntry | undefined;
      /** Whether the gateway took it over. */
      readonly reload: ReloadResult;
      /** Stored keys that were forgotten because their upstream has another address now: "upstream/id". */
      readonly forgottenKeys: readonly string[];
      readonly warnings: readonly Problem[];
    }
  /** Somebody else changed the file: `etag` is its present version. */
  | { readonly ok: false; readonly why: 'conflict'; readonly etag: string }
  | { readonly ok: false; readonly why: 'invalid'; readonly problems: readonly Problem[] }
  | {
      readonly ok: false;
      readonly why: 'unwritable';
      readonly message: string;
      readonly suggestion?: string;
    };

/** What was found wrong with a text, or doubtful. */
export interface Validation {
  readonly ok: boolean;
  readonly problems: readonly Problem[];
}

/** Reads and changes the configuration of one gateway. Nothing of it rejects. */
export interface ConfigEditor {
  read(): Promise<ConfigReading>;
  /** The configuration as it is written, as a value; secrets are hidden. Undefined where the file cannot be read. */
  written(): Promise<{ readonly value: JsonValue; readonly etag: string } | undefined>;
  effective(): Promise<EffectiveConfig>;
  /** The answer of "sluice config check" to a text. */
  validate(text: string): Promise<Validation>;
  /** What putting a text in place would change. */
  diff(text: string): Promise<Difference & Validation>;
  /** Replaces the file, if the text is valid and the file still has the version that was named. */
  put(text: string, order: ChangeOrder): Promise<PutResult>;
  /** Changes single values; comments and formatting stay. */
  change(edits: Edits, order: ChangeOrder): Promise<PutResult>;
  /** Newest first. */
  history(): Promise<readonly HistoryEntry[]>;
  /** A text of the history, secrets hidden for good. */
  historyText(id: string): Promise<string | undefined>;
  /** What going back to a text of the history would change. */
  historyDiff(id: string): Promise<Difference | undefined>;
  /** Goes back to a text of the history; undefined where there is none of this id. */
  rollback(id: string, order: ChangeOrder): Promise<PutResult | undefined>;
}

/** Edits, or what makes them out of the configuration as it is written; a text is why there are none. */
export type Edits = readonly Edit[] | ((written: JsonValue) => readonly Edit[] | string);

/** How an editor is made. */
export interface ConfigEditorOptions extends JudgeOptions {
  /** The file in use, if there is one. */
  file(): string | undefined;
  /** What becomes of a first change where there is no file. */
  readonly first?: FirstFile;
  /** Reads the configuration again, and answers when it is in force or refused. */
  reload(): Promise<ReloadResult>;
  /** The history is kept in a folder below it. */
  readonly dataFolder: string;
  readonly keys?: KeyStore;
  readonly disk?: Disk;
  nowMs?(): number;
}

/** The file that a gateway gets which was started without one. */
export interface FirstFile {
  /** Where it is written. */
  readonly path: string;
  /** What was found instead of a file, as a file would say it. */
  text(): string;
  /** From now on the gateway reads this file. */
  adopt(path: string): void;
}

/** The file that is changed: the one in use, or the one that would be made. */
export interface Target {
  readonly path: string;
  readonly now: ConfigText;
  /** The text that changes begin with. */
  readonly base: string;
}
