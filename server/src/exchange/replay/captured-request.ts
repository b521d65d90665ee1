// The request of a capture, made ready to be sent again: with its own model or another one.

import { CREDENTIAL_MASK } from '../../core/capture/mask-credentials.ts';
import type { Dialect, Edit } from '../../core/dialects/dialect.ts';
import { dialects } from '../../core/dialects/index.ts';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import { headerOf } from '../../core/model/header-list.ts';
import type { CapturedBody, CaptureRecord } from '../detail/capture-record.ts';
import { applied } from '../edits.ts';
import type { RawHeaders } from '../ports.ts';
import { readAnswer } from './read-answer.ts';
import type { ReplayAnswer } from './report.ts';

/** A request that can be sent. */
export interface RepeatedRequest {
  readonly dialect: Dialect;
  readonly use: Exclude<CaptureRecord['use'], 'resource'>;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: RawHeaders;
  readonly body: Buffer;
  /** The model that it asks for; undefined where it names none. */
  readonly model: string | undefined;
  readonly streamed: boolean;
  /** Sentences about what is not as it was. */
  readonly notes: readonly string[];
}

/** Headers that belong to the connection, or that would let the answer come from a cache. */
const LEFT_OUT =
  /^(?:host|connection|content-length|transfer-encoding|accept-encoding|cache-control|expect|x-request-id|traceparent|tracestate)$/i;

/** The bytes of a captured body. */
function bytesOf(body: CapturedBody | undefined): Buffer {
  return body === undefined
    ? Buffer.alloc(0)
    : Buffer.from(body.text, body.encoding === 'base64' ? 'base64' : 'utf8');
}

/** The request of a capture, or why it cannot be sent again. `model` undefined: as it was asked. */
export function repeatedRequest(
  record: CaptureRecord,
  model: string | undefined,
): RepeatedRequest | SluiceError {
  const { request, use, dialectIn } = record;
  if (record.kind !== 'capture' || request.body === undefined)
    return refusal(
      'Of this exchange the request was not kept, only its errors.',
      'Open a capture window first.',
    );
  if (use === 'resource' || dialectIn === undefined)
    return refusal('Only requests to models can be sent again; this one went to a resource of a provider.');
  if (request.body.cut)
    return refusal(
      `Of the request only the beginning was kept; it has ${request.body.bytes} bytes.`,
      'Capture it again with a larger maxBytes.',
    );
  const dialect = dialects[dialectIn];
  const headers: string[] = [];
  for (const [name, value] of request.headers)
    if (!LEFT_OUT.test(name) && !value.includes(CREDENTIAL_MASK)) headers.push(name, value);
  const body = bytesOf(request.body);
  const notes = body.includes(CREDENTIAL_MASK)
    ? ['Secrets in the body were replaced when it was captured: it is not the same to the byte.']
    : [];
  const asked = { dialect, use, method: request.method, query: request.query, headers, notes };
  return withModel({ ...asked, path: request.path, body }, model);
}

/** Names another model, in the body or in the path. */
function withModel(
  asked: Omit<RepeatedRequest, 'model' | 'streamed'>,
  model: string | undefined,
): RepeatedRequest | SluiceError {
  const { dialect, use, body, path, query } = asked;
  const place = modelPlace(path);
  const inPath = place === undefined ? undefined : decoded(path.slice(place.start, place.end));
  const peeked = dialect.peek(body, use, inPath, /:stream/.test(path) || /[?&]alt=sse(?:&|$)/.test(query));
  // What cannot be read is sent as it is: the gateway's answer to it is worth comparing, too.
  const streamed = 'code' in peeked ? false : peeked.stream;
  if (model === undefined) {
    const named = 'code' in peeked ? inPath : peeked.model;
    return { ...asked, model: named === '' ? undefined : named, streamed };
  }
  if ('code' in peeked) return peeked;
  const { modelSpan, modelGap, modelRepeats = [] } = peeked;
  const edits: Edit[] = modelRepeats.map((span) => ({ ...span, text: JSON.stringify(`models/${model}`) }));
  if (modelSpan !== undefined) edits.push({ ...modelSpan, text: JSON.stringify(model) });
  else if (modelGap !== undefined)
    edits.push({ ...modelGap, text: `${modelGap.before}${JSON.stringify(model)}${modelGap.after}` });
  else if (place === undefined) return refusal('This request has no place for a model.');
  const renamed =
    place === undefined || modelSpan !== undefined
      ? path
      : `${path.slice(0, place.start)}${encodeURIComponent(model)}${path.slice(place.end)}`;
  return { ...asked, path: renamed, body: applied(body, edits), model, streamed };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Where a path names its model: "/v1beta/models/{model}:generateContent". */
function modelPlace(path: string): { readonly start: number; readonly end: number } | undefined {
  const found = /\/models\/([^:]*)(?=:|%3a)/i.exec(path);
  if (found === null) return undefined;
  const end = found.index + found[0].length;
  return { start: end - (found[1] ?? '').length, end };
}

/** The answer that was captured with it. */
export function capturedAnswer(record: CaptureRecord): ReplayAnswer {
  const { reply, outcome, receivedAtMs, use, dialectIn } = record;
  const flat = (reply?.headers ?? []).flat();
  const read = readAnswer(dialects[dialectIn ?? 'openai-chat'], use === 'resource' ? 'moderate' : use, {
    status: reply?.status ?? outcome.status,
    contentType: headerOf(flat, 'content-type'),
    body: bytesOf(reply?.body),
    whole: reply?.end === 'ended' && reply.body?.cut !== true,
  });
  const error = read.error ?? record.error?.message ?? record.error?.code;
  const model = read.model ?? outcome.modelServed;
  const usage = outcome.usage ?? read.usage;
  return {
    exchangeId: record.id,
    status: outcome.status,
    ...(model === undefined ? {} : { model }),
    ...(outcome.upstreamId === undefined ? {} : { upstreamId: outcome.upstreamId }),
    text: read.text,
    reasoning: read.reasoning,
    toolCalls: read.toolCalls,
    ...(read.stop === undefined ? {} : { stop: read.stop }),
    ...(usage === undefined ? {} : { usage }),
    ...(outcome.costNanoUsd === undefined ? {} : { costNanoUsd: outcome.costNanoUsd }),
    ...(error === undefined ? {} : { error }),
    readable: read.readable,
    durationMs: outcome.endedAtMs - receivedAtMs,
    ...(outcome.firstOutputAtMs === undefined
      ? {}
      : { firstOutputMs: outcome.firstOutputAtMs - receivedAtMs }),
  };
}

function refusal(message: string, suggestion?: string): SluiceError {
  return sluiceError('invalid_request', message, suggestion === undefined ? {} : { suggestion });
}
