// What a turn or an answer is made of.

import type { DialectId } from './dialect-id.ts';
import type { JsonObject } from './json.ts';
import type { OpaqueToken } from './token.ts';

/** The provider may cache the prompt up to here. `ttl` in the provider's words ("5m", "1h", "30m"). */
export interface CacheMark {
  readonly ttl?: string;
}

interface PartFacts {
  readonly cache?: CacheMark;
  /** What the vendor that made this part wants to have back with it, unaltered. */
  readonly token?: OpaqueToken;
  /** Members that only the format of origin has, under their own names. */
  readonly ext?: JsonObject;
}

/** Where a statement comes from. Positions count UTF-16 units of the part's text; absent where the format tells none. */
export interface Citation {
  readonly url?: string;
  readonly title?: string;
  /** The words that are cited. */
  readonly quote?: string;
  readonly start?: number;
  readonly end?: number;
  /** As it stood on the wire, for the format `dialect` only. */
  readonly dialect: DialectId;
  readonly raw: JsonObject;
}

/** The log-probability of one token. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[];
  readonly top: readonly {
    readonly token: string;
    readonly logprob: number;
    readonly bytes?: readonly number[];
  }[];
}

/** Text. */
export interface TextPart extends PartFacts {
  readonly type: 'text';
  readonly text: string;
  readonly citations?: readonly Citation[];
  readonly logprobs?: readonly TokenLogprob[];
}

/** Where the bytes of a medium are. Ids of files mean something to their own account only. */
export type MediaSource =
  | { readonly type: 'base64'; readonly data: string }
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'file'; readonly id: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'parts'; readonly parts: readonly Part[] };

/** An image, a document, a sound or a film. */
export interface MediaPart extends PartFacts {
  readonly type: 'media';
  readonly kind: 'image' | 'document' | 'audio' | 'video';
  readonly source: MediaSource;
  /** "image/png"; absent where the format does not tell (URLs). */
  readonly mimeType?: string;
  readonly filename?: string;
  readonly title?: string;
  readonly context?: string;
  /** low, high, auto, original; gemini's media resolution in the same words. */
  readonly detail?: string;
  /** The model may cite this document. */
  readonly citable?: boolean;
}

/** What the model thought, as far as it is shown. `token` is the proof of it that the vendor wants back. */
export interface ReasoningPart extends PartFacts {
  readonly type: 'reasoning';
  /** summary: made for readers. text: the thoughts themselves. */
  readonly form: 'summary' | 'text';
  /** The pieces of the summary, or one text; empty where nothing is shown (`token` alone). */
  readonly sections: readonly string[];
  /** The provider's id of the item (openai-responses "rs_…"). */
  readonly itemId?: string;
}

/** The model calls a tool. */
export interface ToolCallPart extends PartFacts {
  readonly type: 'tool-call';
  readonly id: string;
  readonly kind: 'function' | 'custom';
  readonly name: string;
  readonly namespace?: string;
  /** function: JSON text, `{}` for none. custom: the input itself. Exactly as the model wrote it where possible. */
  readonly arguments: string;
  readonly itemId?: string;
}

/** What a tool answered. */
export interface ToolResultPart extends PartFacts {
  readonly type: 'tool-result';
  readonly callId: string;
  readonly kind: 'function' | 'custom';
  /** The tool's name, where the format tells it (gemini). */
  readonly name?: string;
  readonly isError?: boolean;
  readonly content: readonly Part[];
  /** gemini: the response object; `content` then holds the same as text. */
  readonly object?: JsonObject;
  readonly itemId?: string;
}

/** The model's words of refusal, where they are told apart from text. */
export interface RefusalPart extends PartFacts {
  readonly type: 'refusal';
  readonly text: string;
}

/** Something that means something to one format only: calls of hosted tools and their results, compaction, … */
export interface VendorPart extends PartFacts {
  readonly type: 'vendor';
  readonly dialect: DialectId;
  /** The type on the wire: "web_search_call", "server_tool_use", "executableCode". */
  readonly kind: string;
  /** The whole block, item or part as it stood on the wire. */
  readonly raw: JsonObject;
}

/** One piece of content. */
export type Part =
  | TextPart
  | MediaPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | RefusalPart
  | VendorPart;

/** The shown reasoning as one text. */
export function reasoningText(part: ReasoningPart): string {
  return part.sections.join('\n\n');
}
