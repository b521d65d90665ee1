// One exchange between two formats: the request on its way up, the answer on its way down, whole or streamed on either
// side. Everything that is known of formats is in the dialects, everything that is known of bending in ./adapt.

import type {
  AnswerEncoding,
  Dialect,
  EncodedRequest,
  Framing,
  StreamDecoder,
  StreamEncoder,
  Write,
} from '../dialects/dialect.ts';
import type { SluiceError } from '../model/error.ts';
import type { Emit } from '../model/event.ts';
import { createFold } from '../model/fold.ts';
import type { JsonObject } from '../model/json.ts';
import { type LossReport, lossReport } from '../model/loss.ts';
import type { ChatRequest } from '../model/request.ts';
import type { ChatResponse } from '../model/response.ts';
import type { ModelTraits } from '../model/traits.ts';
import { unfold } from '../model/unfold.ts';
import { patchBody } from '../providers/body-patches.ts';
import { withBodyRules } from '../providers/body-rules.ts';
import { findProvider } from '../providers/index.ts';
import { adaptRequest } from './adapt/index.ts';
import { malformedCallsFail } from './malformed-call.ts';
import type { Recalled } from './recall.ts';

/** Who speaks to whom about what. */
export interface ConversionSetting {
  /** The client's format. */
  readonly from: Dialect;
  /** The upstream's format. May be the same: a client that wants no stream of an upstream that knows nothing else. */
  readonly to: Dialect;
  /** As decoded from the client's body. */
  readonly request: ChatRequest;
  readonly target: { readonly model: string; readonly stream: boolean; readonly traits: ModelTraits };
  readonly recalled?: Recalled | undefined;
  /** The target has refused the tokens of former answers: send none. */
  readonly withoutTokens?: boolean;
}

/** A request that was converted, and the way back for its answer. */
export interface Conversion {
  readonly setting: ConversionSetting;
  readonly encoded: EncodedRequest;
  /** Those of the answer are added as it is written. */
  readonly losses: LossReport;
  /** Puts itself before the client's events; made anew for each answer. */
  readonly raise: (emit: Emit) => Emit;
}

/** What writing the answer depends on, besides what the conversion knows. */
export type AnswerFacts = Omit<AnswerEncoding, 'request' | 'losses' | 'origin'> & {
  /** The client is to see the name that the answer gives its model, whatever `model` says. */
  readonly ownName?: boolean;
};

/** A complete answer in the client's format, and what it says in no format's words. */
export interface ConvertedBody {
  readonly body: JsonObject;
  readonly response: ChatResponse;
}

/** An answer on its way from the upstream's events to the client's. */
export interface ConvertedStream extends StreamDecoder {
  /** The upstream broke off for a reason that its bytes do not tell; ends the client's answer with it. The last call. */
  fail(error: SluiceError): void;
}

/** Fits the request to the target and writes it in the target's format. What that loses is in `losses`. */
export function convertRequest(setting: ConversionSetting): Conversion {
  const { to, request, target, recalled, withoutTokens = false } = setting;
  const { model, stream, traits } = target;
  const losses = lossReport();
  const adapted = adaptRequest(request, { traits, losses, recalled, withoutTokens });
  const { path, body } = to.codec.encodeRequest(adapted.request, { model, stream, traits, losses });
  const patched = patchBody(traits.vendor, traits.dialect, body);
  const rules = findProvider(traits.vendor)?.bodyRules;
  const limited = request.maxOutputTokens !== undefined;
  const encoded = {
    path,
    body: rules === undefined ? patched : withBodyRules(rules, patched, limited, losses),
  };
  return { setting, encoded, losses, raise: adapted.raise };
}

/** Stream to stream. `see` hears every event as the client is to understand it, before it is written. */
export function convertStream(
  conversion: Conversion,
  facts: AnswerFacts,
  framing: Framing,
  write: Write,
  see: Emit,
): ConvertedStream {
  return streamInto(conversion, both(see, answerWriter(conversion, facts, framing, write)));
}

/**
 * Stream to events, as the client is to understand them: for an answer that more than one upstream writes, where the
 * writer (`answerWriter`) outlives each of them.
 */
export function streamInto(conversion: Conversion, emit: Emit): ConvertedStream {
  return failing(conversion, raised(conversion, emit));
}

function failing(conversion: Conversion, emit: Emit): ConvertedStream {
  const decoder = conversion.setting.to.codec.decodeStream(emit);
  return {
    event: (name, data) => decoder.event(name, data),
    end: () => decoder.end(),
    fail: (error) => emit({ type: 'error', error }),
    get complete() {
      return decoder.complete === true;
    },
  };
}

/** Body to body. */
export function convertBody(
  conversion: Conversion,
  facts: AnswerFacts,
  wire: unknown,
): ConvertedBody | SluiceError {
  const response = readBody(conversion, wire);
  if ('code' in response) return response;
  return { body: writeBody(conversion, facts, response), response };
}

/** Body to stream. Nothing is written when the body is no answer. */
export function streamBody(
  conversion: Conversion,
  facts: AnswerFacts,
  framing: Framing,
  wire: unknown,
  write: Write,
  see: Emit,
): SluiceError | undefined {
  const response = readBody(conversion, wire);
  if ('code' in response) return response;
  unfold(response, both(see, answerWriter(conversion, facts, framing, write)));
  return undefined;
}

/** Stream to body. `done` is called once, when the upstream's stream is over or has failed. */
export function foldStream(
  conversion: Conversion,
  facts: AnswerFacts,
  done: (answer: ConvertedBody | SluiceError) => void,
  see: Emit,
): ConvertedStream {
  const { to } = conversion.setting;
  const fold = createFold(to.id, (response) => {
    done('code' in response ? response : { body: writeBody(conversion, facts, response), response });
  });
  return failing(conversion, raised(conversion, both(see, fold)));
}

/** From the target's events to the client's. */
function raised(conversion: Conversion, emit: Emit): Emit {
  return malformedCallsFail(conversion.raise(emit));
}

function readBody(conversion: Conversion, wire: unknown): ChatResponse | SluiceError {
  const read = conversion.setting.to.codec.decodeResponse(wire);
  if ('code' in read) return read;
  const folded: (ChatResponse | SluiceError)[] = [];
  unfold(
    read,
    raised(
      conversion,
      createFold(read.origin, (answer) => folded.push(answer)),
    ),
  );
  return folded[0] ?? read;
}

function writeBody(conversion: Conversion, facts: AnswerFacts, response: ChatResponse): JsonObject {
  return conversion.setting.from.codec.encodeResponse(response, encoding(conversion, facts, response.model));
}

/** Writes an answer as a stream in the client's format. */
export function answerWriter(
  conversion: Conversion,
  facts: AnswerFacts,
  framing: Framing,
  write: Write,
): Emit {
  const { codec } = conversion.setting.from;
  const encoderFor = (named: string): StreamEncoder =>
    codec.encodeStream(write, encoding(conversion, facts, named), framing);
  let encoder = facts.ownName === true ? undefined : encoderFor('');
  return (event) => {
    // Its name comes with the first event.
    encoder ??= encoderFor(event.type === 'start' ? event.model : '');
    encoder.event(event);
  };
}

/** `named`: what the answer calls its model; '' where it does not say. */
function encoding({ setting, losses }: Conversion, facts: AnswerFacts, named: string): AnswerEncoding {
  const model = facts.ownName === true ? named || setting.target.model : facts.model;
  return Object.assign({}, facts, { model, origin: setting.to.id, request: setting.request, losses });
}

function both(first: Emit, second: Emit): Emit {
  return (event) => {
    first(event);
    second(event);
  };
}
