// Shows what a conversion makes of a text, without sending anything: for the command line and the dashboard's playground.

import type { Bytes } from '../bytes.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { readElements } from '../json/array-blocks.ts';
import { validate } from '../json/scan.ts';
import { type SluiceError, sluiceError } from '../model/error.ts';
import { type JsonObject, objectOf, textOf } from '../model/json.ts';
import { type Loss, lossReport } from '../model/loss.ts';
import type { ChatRequest } from '../model/request.ts';
import type { ModelTraits } from '../model/traits.ts';
import { readEvents } from '../sse/parse.ts';
import { type AnswerFacts, type Conversion, convertBody, convertRequest, convertStream } from './convert.ts';

/** A converted request. */
export interface RequestPreview {
  readonly path: string;
  readonly body: JsonObject;
  readonly losses: readonly Loss[];
}

/** A converted answer: a body, or the events of a stream as text. */
export interface AnswerPreview {
  readonly body: JsonObject | string;
  readonly losses: readonly Loss[];
}

/** What a preview is made with. */
export interface PreviewSetting {
  readonly from: Dialect;
  readonly to: Dialect;
  /** Of the target of a request. */
  readonly traits: ModelTraits;
  /** Default: the model that the request names. */
  readonly model?: string | undefined;
  readonly stream?: boolean | undefined;
}

const isError = (value: object): value is SluiceError => 'code' in value && 'source' in value;

/** A request in the format `from`, as an upstream of the format `to` would get it. */
export function previewRequest(setting: PreviewSetting, bytes: Bytes): RequestPreview | SluiceError {
  const { from, to, traits, stream } = setting;
  const parsed = parse(bytes);
  if (isError(parsed)) return parsed;
  const request = from.codec.decodeRequest(parsed.wire, { model: setting.model, stream: stream ?? false });
  if (isError(request)) return request;
  const model = setting.model ?? request.model;
  if (model === '')
    return sluiceError('invalid_request', 'The request names no model.', {
      param: 'model',
      suggestion: 'In this format it stands in the path: say it besides the body.',
    });
  const target = { model, stream: stream ?? request.stream, traits };
  const { encoded, losses } = convertRequest({ from, to, request, target });
  return { path: encoded.path, body: encoded.body, losses: losses.losses };
}

/**
 * An answer in the format `from` (JSON, or a stream, complete with its last blank line), as a client of the format `to`
 * would get it. A stream that fails after output is shown with the error at its end, as the client would see it.
 */
export function previewAnswer(setting: PreviewSetting, bytes: Bytes): AnswerPreview | SluiceError {
  const conversion = answering(setting);
  const facts = { model: setting.model ?? '', seed: '0'.repeat(24), createdAt: 0, inputTokens: 0 };
  if (setting.stream === true) return previewStream(conversion, facts, bytes);
  const parsed = parse(bytes);
  if (isError(parsed)) return parsed;
  const answer = convertBody(
    conversion,
    { ...facts, model: setting.model ?? namedIn(parsed.wire) },
    parsed.wire,
  );
  return isError(answer) ? answer : { body: answer.body, losses: conversion.losses.losses };
}

function previewStream(
  conversion: Conversion,
  facts: AnswerFacts,
  bytes: Bytes,
): AnswerPreview | SluiceError {
  let written = '';
  let output = false;
  let failure: SluiceError | undefined;
  const stream = convertStream(
    conversion,
    facts,
    'sse',
    (frame) => {
      written += frame;
    },
    (event) => {
      if (event.type === 'open') output = true;
      else if (event.type === 'error') failure = event.error;
    },
  );
  // Gemini streams are one JSON array unless events are asked for.
  if (/^[\s\ufeff]*\[/.test(bytes.subarray(0, 64).toString('utf8')))
    readElements(bytes, (text) => stream.event('', text));
  else readEvents(bytes, ({ event, data }) => stream.event(event, data));
  stream.end();
  if (failure !== undefined && !output) return failure;
  return { body: written, losses: conversion.losses.losses };
}

/** The JSON of a text, or what is wrong with it and where. */
function parse(bytes: Bytes): { readonly wire: unknown } | SluiceError {
  // Some editors begin every text with a byte order mark.
  const text = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  const failed = validate(text);
  if (failed === undefined) return { wire: JSON.parse(text.toString('utf8')) };
  const message = `The text is not acceptable JSON: ${failed.reason} at ${placeOf(text, failed.at)}.`;
  return sluiceError('invalid_json', message);
}

/** Line and column in bytes, both from 1, for people. */
function placeOf(bytes: Bytes, at: number): string {
  const before = bytes.subarray(0, at).toString('utf8').split('\n');
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

/** The conversion of the answer to an empty question. */
function answering({ from, to, traits, model = '', stream = false }: PreviewSetting): Conversion {
  const request: ChatRequest = {
    origin: to.id,
    model,
    stream,
    includeUsage: true,
    turns: [],
    tools: [],
    sampling: {},
  };
  const empty = { path: '', body: {} };
  const target = { model, stream, traits };
  return {
    setting: { from: to, to: from, request, target },
    encoded: empty,
    losses: lossReport(),
    raise: (emit) => emit,
  };
}

function namedIn(wire: unknown): string {
  const { model, modelVersion } = objectOf(wire) ?? {};
  return textOf(model) ?? textOf(modelVersion) ?? '';
}
