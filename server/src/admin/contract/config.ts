// The configuration: the file, what is in force, changes and their history.

import { z } from 'zod';

const json: z.ZodType<unknown> = z.unknown();

const problem: z.ZodType<ConfigProblem> = z.object({
  severity: z.enum(['error', 'warning']),
  path: z.string().describe('Where, as in "upstreams[0].baseUrl"; "" for the file as a whole.'),
  message: z.string(),
  suggestion: z.string().optional(),
  line: z.number().optional(),
  column: z.number().optional(),
});

/** One finding about a configuration. */
export interface ConfigProblem {
  readonly severity: 'error' | 'warning';
  readonly path: string;
  readonly message: string;
  readonly suggestion?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** One place that differs. */
export interface ConfigChange {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly takesEffect: 'now' | 'at the next start';
}

const change: z.ZodType<ConfigChange> = z.object({
  path: z.string(),
  before: json.optional().describe('Absent: it was not there. Secrets are hidden.'),
  after: json.optional().describe('Absent: it is gone.'),
  takesEffect: z.enum(['now', 'at the next start']),
});

const entryMembers = {
  id: z.string(),
  at: z.string().describe('ISO 8601.'),
  by: z.string().describe('Who put it in place; "file" for a change that was found in the file.'),
  note: z.string().optional(),
  changedPaths: z.array(z.string()),
} as const;

/** What became of a change. */
export interface ConfigOutcome {
  readonly etag: string;
  readonly file: string;
  readonly written: boolean;
  readonly created: boolean;
  readonly inForce: boolean;
  readonly changes: readonly ConfigChange[];
  readonly historyId?: string | undefined;
  readonly forgottenKeys: readonly string[];
  readonly problems: readonly ConfigProblem[];
}
/** Schema of ConfigOutcome. */
export const configOutcomeSchema: z.ZodType<ConfigOutcome> = z.object({
  etag: z.string(),
  file: z.string(),
  written: z.boolean().describe('False where the file said so already.'),
  created: z.boolean().describe('True where the gateway had no file before.'),
  inForce: z.boolean().describe('The running gateway has taken it over.'),
  changes: z.array(change),
  historyId: z.string().optional(),
  forgottenKeys: z
    .array(z.string())
    .describe('Stored keys that were dropped because their upstream has another address: "upstream/key".'),
  problems: z.array(problem).describe('Warnings, or why it is not in force.'),
});

/** The file. */
export interface ConfigFileView {
  readonly text: string;
  readonly etag: string;
  readonly file: string;
  readonly exists: boolean;
  readonly failure?: string | undefined;
}
/** Schema of ConfigFileView. */
export const configFileViewSchema: z.ZodType<ConfigFileView> = z.object({
  text: z.string().describe('Secrets are numbers; handed in again, a number stands for its secret.'),
  etag: z.string().describe('Version of the file, to be sent as If-Match.'),
  file: z.string(),
  exists: z.boolean().describe('False: this is what a first change would write.'),
  failure: z.string().optional().describe('Why the file cannot be read.'),
});

/** What is in force, and where each value came from. */
export interface EffectiveConfigView {
  readonly config?: unknown;
  readonly values: readonly {
    readonly path: string;
    readonly value?: unknown;
    readonly from: 'default' | 'file' | 'env' | 'flag' | 'api';
    readonly line?: number | undefined;
  }[];
  readonly problems: readonly ConfigProblem[];
}
/** Schema of EffectiveConfigView. */
export const effectiveConfigSchema: z.ZodType<EffectiveConfigView> = z.object({
  config: json.optional().describe('As "sluice config show" prints it; absent where the file has mistakes.'),
  values: z.array(
    z.object({
      path: z.string(),
      value: json,
      from: z.enum(['default', 'file', 'env', 'flag', 'api']),
      line: z.number().optional(),
    }),
  ),
  problems: z.array(problem),
});

/** What is wrong with a text. */
export interface ConfigValidation {
  readonly ok: boolean;
  readonly problems: readonly ConfigProblem[];
}
/** Schema of ConfigValidation. */
export const configValidationSchema: z.ZodType<ConfigValidation> = z.object({
  ok: z.boolean(),
  problems: z.array(problem),
});

/** What a text would change. */
export interface ConfigDifference extends ConfigValidation {
  readonly unified: string;
  readonly changes: readonly ConfigChange[];
}
/** Schema of ConfigDifference. */
export const configDifferenceSchema: z.ZodType<ConfigDifference> = z.object({
  ok: z.boolean(),
  problems: z.array(problem),
  unified: z.string(),
  changes: z.array(change),
});

const text = z.string().max(4 * 1024 * 1024);
const note = z.string().max(500).optional().describe('For the history.');

/** A text to be judged. */
export interface ConfigTextBody {
  readonly text: string;
}
/** Schema of ConfigTextBody. */
export const configTextSchema: z.ZodType<ConfigTextBody> = z.strictObject({ text });

/** A text to be put in place. */
export interface ConfigPut {
  readonly text: string;
  readonly note?: string | undefined;
}
/** Schema of ConfigPut. */
export const configPutSchema: z.ZodType<ConfigPut> = z.strictObject({ text, note });

/** Single changes. */
export interface ConfigPatch {
  readonly edits: readonly {
    readonly path: readonly (string | number)[];
    readonly value?: unknown;
  }[];
  readonly note?: string | undefined;
}
/** Schema of ConfigPatch. */
export const configPatchSchema: z.ZodType<ConfigPatch> = z.strictObject({
  edits: z
    .array(
      z.strictObject({
        path: z
          .array(z.union([z.string().max(200), z.int().min(0)]))
          .min(1)
          .max(20)
          .describe('As in ["upstreams", 0, "priority"].'),
        value: json.optional().describe('Absent: the member or entry is taken out.'),
      }),
    )
    .min(1)
    .max(200),
  note,
});

/** Going back. */
export interface ConfigRollback {
  readonly id: string;
  readonly note?: string | undefined;
}
/** Schema of ConfigRollback. */
export const configRollbackSchema: z.ZodType<ConfigRollback> = z.strictObject({
  id: z.string().max(100),
  note,
});

/** One state of the configuration. */
export interface ConfigHistoryEntry {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly note?: string | undefined;
  readonly changedPaths: readonly string[];
}

/** The history, newest first. */
export interface ConfigHistory {
  readonly entries: readonly ConfigHistoryEntry[];
}
/** Schema of ConfigHistory. */
export const configHistorySchema: z.ZodType<ConfigHistory> = z.object({
  entries: z.array(z.object(entryMembers)),
});

/** One state of the configuration with its text. */
export interface ConfigPast extends ConfigHistoryEntry {
  readonly text: string;
  readonly unified: string;
  readonly changes: readonly ConfigChange[];
}
/** Schema of ConfigPast. */
export const configPastSchema: z.ZodType<ConfigPast> = z.object({
  ...entryMembers,
  text: z.string().describe('Secrets are hidden for good.'),
  unified: z.string().describe('What going back to it would change.'),
  changes: z.array(change),
});
