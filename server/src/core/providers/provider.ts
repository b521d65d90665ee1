// What the gateway knows of a vendor: plain data, one file per vendor. Deviations from a documented dialect live here,
// never in the dialect.

import type { DialectId } from '../model/dialect-id.ts';
import type { AccountKind } from './account.ts';
import type { BodyRules } from './body-rules.ts';

/** How a key is presented to a provider. */
export type KeyHeader = 'authorization' | 'x-api-key' | 'x-goog-api-key' | 'api-key';

/** One vendor, or one kind of local server. */
export interface Provider {
  readonly id: string;
  /** The name people know it by. */
  readonly name: string;
  /** Where the facts below are documented. */
  readonly documentation: string;
  /** Base URL per dialect spoken, without a trailing slash. Empty object: the operator must configure baseUrl. */
  readonly bases: Readonly<Partial<Record<DialectId, string>>>;
  /** The dialects it speaks, best first. */
  readonly dialects: readonly DialectId[];
  /** Environment variables that hold its key, in order of preference. Each is also read with an S at its end, as a list of keys. */
  readonly environment: readonly string[];
  /** Where its keys are made; absent where its documentation names no page for it. */
  readonly keysPage?: string;
  /** What its keys begin with ("sk-ant-"), where its documentation says so. */
  readonly keyHint?: string;
  /** Environment variables that the vendor's own tools read a base URL from, in order of preference. */
  readonly baseUrlEnvironment?: readonly string[];
  /** Path of a configured base URL that has none, for providers whose `bases` are empty ("/openai/v1"). */
  readonly defaultPath?: string;
  /** Globs of model names that are known to be this vendor's own; empty where any name may be its. */
  readonly owns: readonly string[];
  /** Key header per dialect where it differs from the dialect's own (openai: authorization Bearer, anthropic: x-api-key, gemini: x-goog-api-key). */
  readonly keyHeader?: Readonly<Partial<Record<DialectId, KeyHeader>>>;
  /** Headers sent with every request unless the client or the operator sets them; values may be overridden by environment. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Environment variable that overrides a header of `headers`, by header name. */
  readonly headerEnvironment?: Readonly<Record<string, string>>;
  /** False where the vendor rejects `stream_options` in chat requests. */
  readonly acceptsStreamOptions?: false;
  /** True where an upstream may have no key: servers on the operator's machine, and the generic providers. */
  readonly keyless?: true;
  /** Its keys are the accounts of this kind that are stored in the vault; it takes no others. */
  readonly accounts?: AccountKind;
  /** It can only stream, whatever the configuration says. */
  readonly streaming?: 'always';
  /** What it insists on in a body of its own format, and what it refuses. */
  readonly bodyRules?: BodyRules;
  /** Where a local server listens by default, for discovery. */
  readonly local?: { readonly port: number };
}
