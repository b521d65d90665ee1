// The request of a converted attempt. Of the client's headers only those travel that mean the same to every vendor: betas,
// versions and library facts of one format would be wrong or refused in another.

import type { EncodedRequest } from '../../core/dialects/dialect.ts';
import { writeExactly } from '../../core/json/exact-numbers.ts';
import { joinUrl } from '../../core/providers/join-url.ts';
import type { Exchange, Target } from '../context.ts';
import type { OutboundRequest, RawHeaders } from '../ports.ts';
import { accountOf, headersFor } from '../target-headers.ts';

const COMMON_HEADERS = new Set([
  'user-agent',
  'accept-language',
  'traceparent',
  'tracestate',
  'baggage',
  'http-referer',
  'x-title',
]);

/** Headers that describe the body or the wanted answer, which are not the client's any more. */
const CONTENT_HEADERS = /^(?:content-.*|accept)$/i;

function clientHeaders({ inbound }: Exchange, target: Target): string[] {
  const kept: string[] = [];
  const { headers } = inbound;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const travels = target.native ? !CONTENT_HEADERS.test(name) : COMMON_HEADERS.has(name.toLowerCase());
    if (travels) kept.push(name, headers[i + 1] ?? '');
  }
  return kept;
}

/** The query of the client goes on in its own format only; `alt` says how the client wants its stream. */
function queryFor({ inbound }: Exchange, target: Target, own: string): string {
  if (!target.native || inbound.query === '') return own;
  const asked = inbound.query.slice(1).split('&');
  const rest = asked.filter((pair) => pair !== '' && !/^(?:alt|%24alt|\$alt)=/i.test(pair));
  return rest.length === 0 ? own : `${own === '' ? '?' : `${own}&`}${rest.join('&')}`;
}

/** The request that a conversion has made. `stream`: a stream is asked for. */
export function convertedRequest(
  exchange: Exchange,
  target: Target,
  encoded: EncodedRequest,
  stream: boolean,
): OutboundRequest {
  const { upstream, dialect } = target;
  const { path, body } = encoded;
  const at = path.indexOf('?');
  const query = queryFor(exchange, target, at === -1 ? '' : path.slice(at));
  const url = joinUrl(upstream.baseUrls[dialect] ?? '', at === -1 ? path : path.slice(0, at), query);
  const bytes = Buffer.from(writeExactly(body));
  const headers: RawHeaders = [
    ...clientHeaders(exchange, target),
    'content-type',
    'application/json',
    'accept',
    stream ? 'text/event-stream' : 'application/json',
  ];
  return {
    destination: { origin: url.origin, proxy: upstream.proxy },
    method: 'POST',
    target: url.target,
    headers: headersFor(headers, target, dialect),
    body: { kind: 'bytes', parts: [bytes], length: bytes.length },
    decode: true,
    ...accountOf(target),
    connectMs: upstream.timeouts.connectMs,
  };
}
