// Reasoning that clients drop although the vendor wants it back: kept by the id of the tool call that followed it.

import type { ReasoningPart } from '../model/content.ts';
import type { OpaqueToken } from '../model/token.ts';

/** What stood around one tool call. */
export interface KeptReasoning {
  /** Reasoning parts of the same turn that came before the call and after any earlier call. */
  readonly before: readonly ReasoningPart[];
  /** The token of the call itself (gemini). */
  readonly token?: OpaqueToken;
}

/** By id of the tool call as the client knows it. */
export type Recalled = ReadonlyMap<string, KeptReasoning>;
