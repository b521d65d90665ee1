// Turns a client's request into the one that goes to a target: URL, credential, headers, and the body with no more than
// the model name and the usage request spliced in.

import type { Edit } from '../core/dialects/dialect.ts';
import { type JoinedUrl, joinUrl } from '../core/providers/join-url.ts';
import { markEdit } from './cache-marks.ts';
import type { Exchange, Target } from './context.ts';
import { applyEdits } from './edits.ts';
import type { OutboundRequest } from './ports.ts';
import { accountOf, headersFor } from './target-headers.ts';

/** True when the usage of a chat stream must be asked for on the client's behalf, and may be. */
export function asksForUsage(exchange: Exchange, target: Target): boolean {
  return exchange.peeked.usageEdit !== undefined && target.upstream.provider.acceptsStreamOptions !== false;
}

/** The path with another model in it: `/v1beta/models/{model}:method`. A tuned model's name begins with its own collection. */
function pathFor(path: string, model: string): string {
  const version = path.slice(0, path.indexOf('/', 1));
  const verb = /(?::|%3a)([a-z]+)$/i.exec(path)?.[1] ?? '';
  return `${version}/${resourceName(model).split('/').map(encodeURIComponent).join('/')}:${verb}`;
}

/** A model with its collection. */
function resourceName(model: string): string {
  return model.startsWith('tunedModels/') || model.startsWith('models/') ? model : `models/${model}`;
}

const JOINED_LIMIT = 500;
const joined = new Map<string, JoinedUrl>();

/** joinUrl, kept for the few paths that come again and again; a query makes each request different. */
function urlFor(base: string, path: string, query: string): JoinedUrl {
  if (query !== '') return joinUrl(base, path, query);
  const key = `${base} ${path}`;
  let url = joined.get(key);
  if (url === undefined) {
    url = joinUrl(base, path, query);
    if (joined.size >= JOINED_LIMIT) joined.clear();
    joined.set(key, url);
  }
  return url;
}

/** The request of one attempt. */
export function outgoing(exchange: Exchange, target: Target): OutboundRequest {
  const { inbound, peeked, body, dialect } = exchange;
  const renamed = target.model !== peeked.model;
  const edits: Edit[] = [];
  if (renamed && peeked.modelSpan !== undefined)
    edits.push({ ...peeked.modelSpan, text: JSON.stringify(target.model) });
  if (renamed)
    for (const span of peeked.modelRepeats ?? [])
      edits.push({ ...span, text: JSON.stringify(resourceName(target.model)) });
  if (peeked.usageEdit !== undefined && asksForUsage(exchange, target)) edits.push(peeked.usageEdit);
  const mark = markEdit(exchange, target);
  if (mark !== undefined) edits.push(mark);
  const parts = applyEdits(body, edits);
  let length = 0;
  for (const part of parts) length += part.length;

  const path = renamed && peeked.modelSpan === undefined ? pathFor(inbound.path, target.model) : inbound.path;
  const url = urlFor(target.upstream.baseUrls[dialect.id] ?? '', path, inbound.query);
  return {
    destination: { origin: url.origin, proxy: target.upstream.proxy },
    method: inbound.method,
    target: url.target,
    headers: headersFor(inbound.headers, target, dialect.id),
    body: { kind: 'bytes', parts, length },
    decode: true,
    ...accountOf(target),
    connectMs: target.upstream.timeouts.connectMs,
  };
}
