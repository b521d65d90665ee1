// Turns a client's request into the one that goes to a target: URL, credential, headers, and the body with no more than
// the model name and the usage request spliced in.

import type { Edit } from '../core/dialects/dialect.ts';
import type { DialectId } from '../core/model/dialect-id.ts';
import { credentialHeaders } from '../core/providers/credential.ts';
import { joinUrl } from '../core/providers/join-url.ts';
import { providerHeaders } from '../core/providers/provider-headers.ts';
import type { Exchange, Target } from './context.ts';
import { applyEdits } from './edits.ts';
import { withHeaders } from './headers.ts';
import type { OutboundRequest, RawHeaders } from './ports.ts';

/** True when the usage of a chat stream must be asked for on the client's behalf, and may be. */
export function asksForUsage(exchange: Exchange, target: Target): boolean {
  return exchange.peeked.usageEdit !== undefined && target.upstream.provider.acceptsStreamOptions !== false;
}

/** The path with another model in it: `/v1beta/models/{model}:method`. A tuned model's name begins with its own collection. */
function pathFor(path: string, model: string): string {
  const version = path.slice(0, path.indexOf('/', 1));
  const verb = /(?::|%3a)([a-z]+)$/i.exec(path)?.[1] ?? '';
  const name = model.startsWith('tunedModels/') ? model : `models/${model}`;
  return `${version}/${name.split('/').map(encodeURIComponent).join('/')}:${verb}`;
}

/** Headers for an upstream: the client's own, the provider's needs, the credential, the operator's wishes. */
export function headersFor(
  client: RawHeaders,
  target: Pick<Target, 'upstream' | 'key'>,
  dialect: DialectId,
): string[] {
  const { upstream, key } = target;
  const headers = [...client, ...providerHeaders(upstream.provider, dialect, client)];
  const own: Record<string, string | null> = { ...upstream.headers };
  const credential = credentialHeaders(upstream.provider, dialect, key.secret);
  for (let i = 0; i + 1 < credential.length; i += 2)
    own[(credential[i] ?? '').toLowerCase()] ??= credential[i + 1] ?? '';
  return withHeaders(headers, own);
}

/** The request of one attempt. */
export function outgoing(exchange: Exchange, target: Target): OutboundRequest {
  const { inbound, peeked, body, dialect } = exchange;
  const renamed = target.model !== peeked.model;
  const edits: Edit[] = [];
  if (renamed && peeked.modelSpan !== undefined)
    edits.push({ ...peeked.modelSpan, text: JSON.stringify(target.model) });
  if (peeked.usageEdit !== undefined && asksForUsage(exchange, target)) edits.push(peeked.usageEdit);
  const parts = applyEdits(body, edits);
  let length = 0;
  for (const part of parts) length += part.length;

  const path =
    renamed && peeked.modelSpan === undefined && peeked.model !== ''
      ? pathFor(inbound.path, target.model)
      : inbound.path;
  const { origin, target: urlTarget } = joinUrl(
    target.upstream.baseUrls[dialect.id] ?? '',
    path,
    inbound.query,
  );
  const headers = headersFor(inbound.headers, target, dialect.id);
  headers.push('accept-encoding', 'identity');
  return {
    destination: { origin, proxy: target.upstream.proxy },
    method: inbound.method,
    target: urlTarget,
    headers,
    body: { kind: 'bytes', parts, length },
    decode: true,
    connectMs: target.upstream.timeouts.connectMs,
  };
}
