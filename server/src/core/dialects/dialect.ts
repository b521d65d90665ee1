// The contract that all four dialects fulfil with the same files. What is here serves the same-dialect path: bytes go
// through as they are, and a dialect only peeks at requests, watches answers and words errors.

import type { Bytes } from '../bytes.ts';
import type { DialectId, Use } from '../model/dialect-id.ts';
import type { SluiceError } from '../model/error.ts';
import type { Usage } from '../model/usage.ts';

/** A byte range of a body: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Replaces the bytes of a span by text. An empty span inserts. */
export interface Edit extends Span {
  readonly text: string;
}

/** What the gateway must know of a request before it can choose an upstream. */
export interface Peeked {
  /** The model as the client wrote it, unescaped. Empty where the use does not require one and none was given. */
  readonly model: string;
  /** Where the model's JSON string stands in the body, quotes included; absent when it is in the path (gemini) or not given. */
  readonly modelSpan?: Span;
  readonly stream: boolean;
  /** The client asked for several answers side by side: that one of them has finished says nothing of the others. */
  readonly several?: true;
  /** Edits that make the upstream report usage in a stream whose client did not ask for it; absent when nothing is to be done. */
  readonly usageEdit?: Edit;
}

/**
 * How the pieces of a streamed answer stand in its body: as server-sent events, or as the elements of one JSON array
 * (gemini without `alt=sse`). Blocks are runs of complete events, or of complete elements.
 */
export type Framing = 'sse' | 'json-array';

/** How far an answer has come. `output` = something that the client can use has been seen; only then may it be sent on. */
export type Phase = 'prelude' | 'output' | 'ended' | 'failed';

/**
 * Reads one streamed answer without altering it: finds first output, terminal event, error and usage.
 * Feed it runs of complete events (see core/sse/blocks.ts). Cheap after the first output: it searches for markers and
 * parses only the events that matter.
 */
export interface StreamWatch {
  /** Reads a run of complete events. */
  read(block: Bytes): void;
  /** The stream is over; settles what a clean end means for this dialect ('ended' or still unfinished). */
  finish(): void;
  readonly phase: Phase;
  /** All that a complete answer needs has been seen: if the stream does not end by itself, it may be ended. */
  readonly settling: boolean;
  /**
   * After finish(): what a complete answer still lacks of its framing because the upstream left it out, such as chat's
   * `data: [DONE]` or the bracket that closes an array. '' normally.
   */
  readonly closing: string;
  /** Set when phase is 'failed': the error that the upstream reported in its stream. */
  readonly error: SluiceError | undefined;
  /** The provider's last cumulative usage, read on demand; undefined when it sent none. */
  usage(): Usage | undefined;
  /** The provider's id and model name of the answer, where seen. */
  readonly id: string | undefined;
  readonly model: string | undefined;
}

/** What a complete JSON answer with a success status turned out to be. */
export type AnswerReading =
  | {
      readonly ok: true;
      readonly usage: Usage | undefined;
      readonly id: string | undefined;
      readonly model: string | undefined;
    }
  | { readonly ok: false; readonly error: SluiceError };

/** Options of a dialect's event editor. */
export interface EventEditing {
  /** Show this model name to the client instead of the upstream's; undefined leaves names alone. */
  readonly echoModel: string | undefined;
  /** Hide the usage-only event that the client did not ask for. */
  readonly hideUsage: boolean;
}

/** An error body, with the status it is sent with. */
export interface EncodedError {
  readonly status: number;
  readonly body: string;
}

/** One wire format as a client speaks it to us and as we relay it. */
export interface Dialect {
  readonly id: DialectId;
  /**
   * Reads a request body (already known to be UTF-8) for one use. `pathModel` is the model named by the path (gemini).
   * Never throws: invalid bodies give an error value.
   */
  peek(body: Bytes, use: Use, pathModel: string | undefined, pathStream: boolean): Peeked | SluiceError;
  /** A fresh watcher for one streamed answer. */
  watch(framing: Framing): StreamWatch;
  /** Judges a complete JSON answer of a success status. */
  readAnswer(body: Bytes, use: Use): AnswerReading;
  /** Applies the edits of a complete JSON answer (model echo); returns no edits when nothing is to change. */
  editAnswer(body: Bytes, echoModel: string): readonly Edit[];
  /** Edits one run of complete events; 'keep' when the bytes may leave as they are. */
  editEvents(block: Bytes, editing: EventEditing, framing: Framing): 'keep' | readonly Edit[];
  encodeError(error: SluiceError, requestId: string): EncodedError;
  /**
   * The event(s) that end a stream with an error, framing included. In an array, the text continues after an element
   * unless `elementSent` is false, and closes the array.
   */
  encodeStreamError(error: SluiceError, requestId: string, framing: Framing, elementSent?: boolean): string;
  /** True when a JSON error body of an upstream has this dialect's (or its vendors') error shape and may go through unmodified. */
  isErrorBody(body: Bytes): boolean;
  /** A server-sent event or comment that keeps a silent stream alive without meaning anything; fits between two events. */
  readonly heartbeat: string;
}
