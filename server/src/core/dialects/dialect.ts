// The contract that all four dialects fulfil with the same files. Between two programs of one format the bytes go through
// as they are: a dialect then only peeks at requests, watches answers and words errors. Between two formats it reads the
// wire into the model of core/model (`decode`) and writes it from there (`encode`).

import type { Bytes } from '../bytes.ts';
import type { PromptMembers } from '../guardian/prompt.ts';
import type { DialectId, Use } from '../model/dialect-id.ts';
import type { SluiceError } from '../model/error.ts';
import type { Emit, StreamEvent } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import type { LossReport } from '../model/loss.ts';
import type { ChatRequest } from '../model/request.ts';
import type { ChatResponse } from '../model/response.ts';
import type { Said } from '../model/said.ts';
import type { ModelTraits } from '../model/traits.ts';
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

/** Where a model's name can be put into a body that has none. */
export interface ModelGap extends Span {
  /** What stands around its JSON string: nothing where `""` or null is replaced, a member's name where the member is missing. */
  readonly before: string;
  readonly after: string;
}

/** What the gateway must know of a request before it can choose an upstream. */
export interface Peeked {
  /** The model as the client wrote it, unescaped. Empty where none was given. */
  readonly model: string;
  /** Given where the body names no model, and could. */
  readonly modelGap?: ModelGap;
  /** The request is complete without a model: a moderation, a stored prompt that names its own. */
  readonly needsNoModel?: true;
  /**
   * Further places where the body repeats the name that the path gives (gemini's embeddings and counts), with the
   * collection before it: `"models/x"`. They must say what the path says.
   */
  readonly modelRepeats?: readonly Span[];
  /** Where the model's JSON string stands in the body, quotes included; absent when it is in the path (gemini) or not given. */
  readonly modelSpan?: Span;
  readonly stream: boolean;
  /** The client asked for several answers side by side: that one of them has finished says nothing of the others. */
  readonly several?: true;
  /** The client may continue the answer by its id; absent where the format has no such thing. */
  readonly continuation?: {
    /** The answer that this request continues. */
    readonly previous: string | undefined;
    /** The answer is to be kept, so that it can be continued. */
    readonly store: boolean;
  };
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

/** Where a request says its model and whether to stream when its body does not (gemini). */
export interface PathFacts {
  readonly model: string | undefined;
  readonly stream: boolean;
}

/** A request as it goes to an upstream. */
export interface EncodedRequest {
  /** Path below the base URL's origin, query included: "/v1/chat/completions", "/v1beta/models/m:streamGenerateContent?alt=sse". */
  readonly path: string;
  readonly body: JsonObject;
}

/** What writing a request depends on besides the request. */
export interface RequestEncoding {
  /** The model name to send. */
  readonly model: string;
  /** Ask the upstream for a stream, whatever the client wants. */
  readonly stream: boolean;
  readonly traits: ModelTraits;
  readonly losses: LossReport;
}

/** What writing an answer depends on besides the answer. */
export interface AnswerEncoding {
  /** Whose format the answer came in, where that is known: what is wrong with it need not be put right in its own. */
  readonly origin?: DialectId;
  /** The request as the client made it: echoes, includeUsage, n. */
  readonly request: ChatRequest;
  /** The model name that the client is to see. */
  readonly model: string;
  /**
   * At least 24 characters of [0-9a-f], unique to the exchange: ids that the format needs and the answer has none of are made
   * from it ("chatcmpl-…", "resp_…", "msg_…"), so that they stay the same through a stream.
   */
  readonly seed: string;
  /** Seconds since 1970, where the answer does not say when it was made. */
  readonly createdAt: number;
  /** Input tokens as estimated, for formats that begin with a count the upstream has not told yet. */
  readonly inputTokens: number;
  readonly losses: LossReport;
  /** The id of the answer that the request continues, where the request has the conversation itself in its place. */
  readonly continues?: string;
  /** The beginning of the answer was sent by somebody else, who chose its id and began to count. */
  readonly begun?: Begun;
}

/** What the reader of an answer has already been told of it. */
export interface Begun {
  /** The id of the answer on the wire; '' where it has none. */
  readonly id: string;
  /** The next number of an event, for formats that number theirs. */
  nextNumber(): number;
}

/** Reads one streamed answer. Feed it every event in order, then end() once. It never throws. */
export interface StreamDecoder {
  /** One server-sent event, or one element of an array ('' as its name). */
  event(name: string, data: string): void;
  /** The stream is over; emits what a clean end means for this format, or the error that it ended too early. */
  end(): void;
  /**
   * For formats whose streams end without an event of their own, and then only: every choice has said why it ended. The
   * answer is complete, although more may come that is only known at the end.
   */
  readonly complete?: boolean;
}

/** Writes one streamed answer: complete events as text, through the given function. */
export interface StreamEncoder {
  event: Emit;
}

/**
 * Follows what a client is sent of one streamed answer whose bytes go through, as far as the format numbers and names its
 * pieces: so that an encoder can write on behind them when the upstream's stream breaks off. It reads little of an event.
 */
export interface SentTrail {
  /** One event that was sent. */
  event(name: string, data: string): void;
  /**
   * Events that bring a fresh encoder of this format to where the wire stands. `said`: what a decoder made of the same
   * events; its closed parts and its open text have their own numbers. undefined where nothing can be written on: the end
   * has begun, blocks stand side by side, or something is open that is not the text.
   */
  replay(said: Said): readonly StreamEvent[] | undefined;
  /** The number that the next event is to have, for formats that number theirs; 0 elsewhere. */
  readonly nextNumber: number;
}

/** Takes text that is to be sent as it is. */
export type Write = (text: string) => void;

/** Reads and writes one wire format. No function here throws on any JSON value; what cannot be read is an error value. */
export interface Codec {
  /** Reads a parsed body. Unknown members are kept in `ext`; a member of the wrong type is an error that names its path. */
  decodeRequest(wire: unknown, path: PathFacts): ChatRequest | SluiceError;
  /** Writes a request that was adapted to the traits (core/conversion/adapt). What it still cannot write it reports. */
  encodeRequest(request: ChatRequest, encoding: RequestEncoding): EncodedRequest;
  /** Reads a complete answer of a success status. */
  decodeResponse(wire: unknown): ChatResponse | SluiceError;
  encodeResponse(response: ChatResponse, encoding: AnswerEncoding): JsonObject;
  decodeStream(emit: Emit): StreamDecoder;
  /** `framing` as the client wants it. */
  encodeStream(write: Write, encoding: AnswerEncoding, framing: Framing): StreamEncoder;
}

/** One wire format as a client speaks it to us and as we relay it. */
export interface Dialect {
  readonly id: DialectId;
  readonly codec: Codec;
  /**
   * Reads a request body (already known to be UTF-8) for one use. `pathModel` is the model named by the path (gemini).
   * Never throws: invalid bodies give an error value.
   */
  peek(body: Bytes, use: Use, pathModel: string | undefined, pathStream: boolean): Peeked | SluiceError;
  /**
   * A short text that all turns of the conversation a request belongs to have in common, and other conversations do not:
   * for keeping them at the key that holds their prompt cache. undefined where a request tells none. Never throws. An id
   * that the client sent stands before a digest of how the conversation begins.
   */
  conversation(body: Bytes): string | undefined;
  /** Where the pieces of a prompt stand in a body that asks for an answer. */
  readonly promptMembers: PromptMembers;
  /** A fresh watcher for one streamed answer. */
  watch(framing: Framing): StreamWatch;
  /** A fresh trail of one streamed answer. */
  trail(): SentTrail;
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
  /** The same before the first event of a stream, where `heartbeat` would be an event out of place. */
  readonly earlyHeartbeat?: string;
}
