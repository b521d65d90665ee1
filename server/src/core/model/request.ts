// What a client asks of a model, in no vendor's words. The model is a union of what the four formats can say, in the
// order in which it was said; what only one of them can say stays in `ext` and returns to that format alone.

import type { CacheMark, Part } from './content.ts';
import type { DialectId } from './dialect-id.ts';
import type { JsonObject } from './json.ts';

/** Who speaks. Results of tools stand in turns of the user. */
export type Role = 'system' | 'developer' | 'user' | 'assistant';

/**
 * One message, or one item of a format whose items are smaller than messages (openai-responses). Decoders keep the turns
 * as they came; encoders of formats with whole messages put them together with `gathered` (./turns.ts).
 */
export interface Turn {
  readonly role: Role;
  readonly parts: readonly Part[];
  /** The participant's name, where the format has one. */
  readonly name?: string;
  /** The provider's id of the item (openai-responses "msg_…"). */
  readonly itemId?: string;
  /** openai-responses: "commentary" or "final_answer". */
  readonly phase?: string;
  /** Members of the message that no other format has, under their own names. */
  readonly ext?: JsonObject;
}

/** How a hosted tool is configured: a tool that the provider runs itself. */
export interface HostedTool {
  /** Whose words `config` is in. */
  readonly dialect: DialectId;
  /** What it does, where a documented equivalent exists elsewhere; 'other' is known to its own format only. */
  readonly does:
    | 'web-search'
    | 'web-fetch'
    | 'code-execution'
    | 'file-search'
    | 'mcp'
    | 'computer-use'
    | 'image-generation'
    | 'tool-search'
    | 'other';
  /** The type on the wire: "web_search_20250305", "code_interpreter", "googleSearch". */
  readonly type: string;
  /** The whole definition as it stood on the wire. */
  readonly config: JsonObject;
  /**
   * Members of the request itself that belong to this tool, where a conversion put it into words that need them
   * (anthropic-messages: `mcp_servers`). Lists of several tools are to be joined. Decoders leave them in `ext`.
   */
  readonly beside?: JsonObject;
}

/** A tool that the model may use. */
export interface ToolDefinition {
  /** custom: takes free text instead of JSON arguments. hosted: run by the provider. */
  readonly kind: 'function' | 'custom' | 'hosted';
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments; absent = none were given (which is not the same as an empty object). */
  readonly parameters?: JsonObject;
  /** Absent, true and false mean three things. */
  readonly strict?: boolean;
  /** custom: the grammar that the input follows; absent = any text. */
  readonly grammar?: { readonly syntax: string; readonly definition: string };
  /** openai-responses: the namespace the tool belongs to; its full name is namespace + name. */
  readonly namespace?: { readonly name: string; readonly description?: string };
  /** The definition is to be loaded only when a search finds it. */
  readonly deferred?: boolean;
  readonly cache?: CacheMark;
  readonly hosted?: HostedTool;
  readonly ext?: JsonObject;
}

/** Which tools the model may or must use. */
export type ToolChoice =
  | { readonly mode: 'auto' | 'required' | 'none' }
  | {
      readonly mode: 'tool';
      readonly kind: 'function' | 'custom';
      readonly name: string;
      readonly namespace?: string;
    }
  /** Only these; `required`: one of them must be called. */
  | { readonly mode: 'subset'; readonly names: readonly string[]; readonly required: boolean }
  /** A hosted tool; `choice` as it stood on the wire. */
  | { readonly mode: 'hosted'; readonly type: string; readonly choice: JsonObject };

/** Numbers that steer how tokens are drawn. */
export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  /** How many answers side by side. */
  readonly n?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly logitBias?: JsonObject;
  /** Report log-probabilities; `top`: of so many alternatives. */
  readonly logprobs?: { readonly top?: number };
}

/** How hard to think, on the scale that all formats together have, weakest first. */
export const EFFORTS = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

/** One step of the scale. */
export type Effort = (typeof EFFORTS)[number];

/** How much the model should reason, and how much of that is to be seen. */
export interface ReasoningWish {
  /** off: not at all. auto: as the model sees fit. on: with `budgetTokens`. Absent: only `effort` was given. */
  readonly mode?: 'off' | 'auto' | 'on';
  readonly effort?: Effort;
  readonly budgetTokens?: number;
  /** What the client wants to read: nothing, a summary, or all there is. Absent: the provider's default. */
  readonly show?: 'none' | 'summary' | 'full';
  readonly ext?: JsonObject;
}

/** The form of the answer. */
export type OutputForm =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'schema';
      readonly name?: string;
      readonly description?: string;
      readonly schema: JsonObject;
      readonly strict?: boolean;
    };

/** Hints for the provider's prompt cache. */
export interface PromptCache {
  /** Requests of one key are kept together. */
  readonly key?: string;
  readonly retention?: string;
  /** In the words that both formats of OpenAI have in common: `prompt_cache_options`. */
  readonly options?: JsonObject;
  /** anthropic-messages: the mark of the whole request. */
  readonly automatic?: CacheMark;
  /** gemini: name of a cache made before; means something to its own account only. */
  readonly resource?: string;
}

/** What the provider should remember, and what it should continue. Ids mean something to their own account only. */
export interface ConversationState {
  readonly store?: boolean;
  readonly previousResponseId?: string;
  readonly conversation?: string;
  readonly background?: boolean;
  readonly include?: readonly string[];
  readonly truncation?: string;
}

/** One request. A member that is absent was absent; null on the wire counts as absent. */
export interface ChatRequest {
  /** The format it came in; `ext` members are in its words. */
  readonly origin: DialectId;
  /** As the client wrote it; an encoder writes the model that it is told to. */
  readonly model: string;
  readonly stream: boolean;
  /** The client wants usage in a stream. Only openai-chat can say no. */
  readonly includeUsage: boolean;
  readonly turns: readonly Turn[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly maxToolCalls?: number;
  readonly sampling: Sampling;
  readonly maxOutputTokens?: number;
  readonly reasoning?: ReasoningWish;
  readonly output?: OutputForm;
  readonly verbosity?: string;
  /** Lower-case kinds of output: "text", "audio", "image". Absent: text. */
  readonly modalities?: readonly string[];
  readonly promptCache?: PromptCache;
  /** In the words of OpenAI: auto, default, flex, scale, priority, fast. */
  readonly serviceTier?: string;
  /** Ids of the person behind the request, as given. */
  readonly endUser?: { readonly id?: string; readonly safetyId?: string };
  readonly metadata?: Readonly<Record<string, string>>;
  readonly state?: ConversationState;
  /** Members of the request that no other format has, under their own names: safetySettings, context_management, … */
  readonly ext?: JsonObject;
}
