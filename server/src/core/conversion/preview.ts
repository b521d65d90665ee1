// Shows what a conversion makes of a text, without sending anything: for the command line and the dashboard's playground.

import type { Bytes } from '../bytes.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { type SluiceError, sluiceError } from '../model/error.ts';
import { type JsonObject, parseJson } from '../model/json.ts';
import { type Loss, lossReport } from '../model/loss.ts';
import type { ChatRequest } from '../model/request.ts';
import type { ModelTraits } from '../model/traits.ts';
import { readEvents } from '../sse/parse.ts';
import { type Conversion, convertBody, convertRequest, convertStream } from './convert.ts';

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
  const wire = parseJson(bytes.toString('utf8'));
  if (wire === undefined) return sluiceError('invalid_json', 'The text is not JSON.');
  const request = from.codec.decodeRequest(wire, { model: setting.model, stream: stream ?? false });
  if (isError(request)) return request;
  const model = setting.model ?? request.model;
  const target = { model, stream: stream ?? request.stream, traits };
  const { encoded, losses } = convertRequest({ from, to, request, target });
  return { path: encoded.path, body: encoded.body, losses: losses.losses };
}

/** An answer in the format `from` (JSON, or a stream of events, complete with its last blank line), as a client of the format `to` would get it. */
export function previewAnswer(setting: PreviewSetting, bytes: Bytes): AnswerPreview | SluiceError {
  const conversion = answering(setting);
  const facts = { model: setting.model ?? '', seed: '0'.repeat(24), createdAt: 0, inputTokens: 0 };
  if (setting.stream !== true) {
    const wire = parseJson(bytes.toString('utf8'));
    if (wire === undefined) return sluiceError('invalid_json', 'The text is not JSON.');
    const answer = convertBody(conversion, { ...facts, model: setting.model ?? namedIn(wire) }, wire);
    return isError(answer) ? answer : { body: answer.body, losses: conversion.losses.losses };
  }
  let written = '';
  const stream = convertStream(
    conversion,
    facts,
    'sse',
    (frame) => {
      written += frame;
    },
    () => undefined,
  );
  readEvents(bytes, ({ event, data }) => stream.event(event, data));
  stream.end();
  return { body: written, losses: conversion.losses.losses };
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
  const { model, modelVersion } = (wire ?? {}) as Record<string, unknown>;
  return String(model ?? modelVersion ?? '');
}
