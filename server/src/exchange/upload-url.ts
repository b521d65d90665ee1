// Resumable uploads: the provider answers with the URL at which the upload goes on. The client must go on through the
// gateway, and must not see the key that the URL may carry.

import type { Inbound, OutboundRequest, RawHeaders } from './ports.ts';

/** Headers in which Google says where an upload goes on. */
const UPLOAD_URLS = ['x-goog-upload-url', 'x-goog-upload-control-url'];

/** The headers of an answer with upload URLs that lead back to the gateway; those that cannot be made to are left out. */
export function withUploadUrls(headers: RawHeaders, request: OutboundRequest, inbound: Inbound): string[] {
  const out: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const value = headers[i + 1] ?? '';
    const local = UPLOAD_URLS.includes(name.toLowerCase())
      ? localUploadUrl(value, request.destination.origin, inbound.origin)
      : value;
    if (local !== undefined) out.push(name, local);
  }
  return out;
}

/** The id under which an upload goes on. */
export function uploadId(url: string | undefined): string | undefined {
  return /[?&]upload_id=([^&]*)/.exec(url ?? '')?.[1];
}

/**
 * An upload URL of the provider as the client may use it: the same path on the gateway, without the key. Undefined when
 * it leads anywhere else than the provider that was asked.
 */
export function localUploadUrl(
  url: string,
  providerOrigin: string,
  gatewayOrigin: string,
): string | undefined {
  if (!url.startsWith(`${providerOrigin}/`)) return undefined;
  const rest = url.slice(providerOrigin.length).replace(/([?&])key=[^&]*&?/, '$1');
  return gatewayOrigin + rest.replace(/[?&]$/, '');
}
