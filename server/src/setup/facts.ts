// What a tool is pointed at, and how a tool's module describes itself.

import type { JsonValue } from '../config/document.ts';
import type { Environment } from '../config/environment.ts';
import type { DialectId } from '../core/model/dialect-id.ts';
import type { Plan } from './plan.ts';

/** A model that the gateway lists. Limits are in tokens; 0: not known. */
export interface KnownModel {
  readonly id: string;
  readonly contextTokens: number;
  readonly outputTokens: number;
}

/** What a tool is pointed at. */
export interface Facts {
  /** Base address of the gateway, without a slash or a version at its end: "http://127.0.0.1:9208". */
  readonly url: string;
  /** What the tool sends: a client key, or a placeholder where the gateway asks for none. */
  readonly token: string;
  /** The model that the tool is to use; undefined: whichever it uses now. */
  readonly model: string | undefined;
  /** Models of the gateway; empty where it was not asked. */
  readonly models: readonly KnownModel[];
  /** The models that the installed Codex knows by itself, as `codex debug models` prints them. */
  readonly codexModels?: readonly { readonly [member: string]: JsonValue }[];
}

/** What is looked at to make a plan. */
export interface Looking {
  readonly env: Environment;
  /** Absolute path of the user's home. */
  readonly home: string;
  /** The text of a file; undefined where there is none or it cannot be read. */
  read(path: string): string | undefined;
}

/** Where a tool points at present. */
export interface PointsAt {
  /** The file that says so. */
  readonly file: string;
  /** undefined: at its vendor. */
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly model?: string | undefined;
  /** What overrides the file, or does not go with it. */
  readonly notices: readonly string[];
}

/** How a tool is started so that it uses the gateway. */
export interface RunPlan {
  /** Variables to set; undefined takes one away. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Arguments before those of the user. */
  readonly args: readonly string[];
  /** Files for as long as it runs: their text by name; `{folder}` in `env` and `args` stands for where they are. */
  readonly files: Readonly<Record<string, string>>;
  /** A folder whose entries are linked to below `into`, beside the files that are there. */
  readonly linked?: { readonly from: string; readonly into: string };
}

/** A tool that can be set up. */
export interface Tool {
  readonly id: ToolId;
  /** What people call it. */
  readonly title: string;
  /** Names on the command line. */
  readonly names: readonly string[];
  /** The program, as it is found on the PATH. */
  readonly program: string;
  /** The format in which it asks for a model. */
  dialectFor(model: string | undefined): DialectId;
  /** The folder that shows that it has been used here. */
  folder(looking: Looking): string;
  plan(facts: Facts, looking: Looking): Plan;
  pointsAt(looking: Looking): PointsAt;
  run(facts: Facts, looking: Looking): RunPlan;
}

/** All tools that can be set up. */
export type ToolId = 'claude-code' | 'codex' | 'opencode' | 'gemini-cli';

/** What is known of a model; limits are 0 where nothing is. */
export function knownModel({ models }: Facts, id: string): KnownModel {
  return models.find((model) => model.id === id) ?? { id, contextTokens: 0, outputTokens: 0 };
}

/** A folder named by a variable, or undefined where the variable is empty. */
export function folderIn(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value.trim() === '' ? undefined : value;
}
