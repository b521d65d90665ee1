// A question of the gateway's own to an upstream: a small GET with one of its keys, for lists of models and tests of keys.

import type { Upstream, UpstreamKey } from '../config/settings.ts';
import type { DialectId } from '../core/model/dialect-id.ts';
import type { SluiceError } from '../core/model/error.ts';
import { joinUrl } from '../core/providers/join-url.ts';
import { fetchWhole, type WholeAnswer } from './fetch-whole.ts';
import type { Ports } from './ports.ts';
import { accountOf, headersFor } from './target-headers.ts';

/** What is asked of whom. */
export interface UpstreamQuestion {
  readonly upstream: Upstream;
  readonly key: UpstreamKey;
  readonly dialect: DialectId;
  /** Path with the version in it, and query with its question mark. */
  readonly path: string;
  readonly query: string;
  /** The largest answer that is read, in bytes. */
  readonly limitBytes: number;
  /** How long it may take to answer. */
  readonly timeoutMs: number;
}

/** Asks, and resolves with the complete answer or with why there is none. Never rejects. */
export function askUpstream(
  ports: Pick<Ports, 'transport' | 'clock' | 'deadlines'>,
  { upstream, key, dialect, path, query, limitBytes, timeoutMs }: UpstreamQuestion,
): Promise<WholeAnswer | SluiceError> {
  const { origin, target } = joinUrl(upstream.baseUrls[dialect] ?? '', path, query);
  return fetchWhole(
    ports,
    {
      destination: { origin, proxy: upstream.proxy },
      method: 'GET',
      target,
      headers: headersFor(['accept', 'application/json'], { upstream, key }, dialect),
      body: { kind: 'none' },
      decode: true,
      ...accountOf({ upstream, key }),
      connectMs: Math.min(upstream.timeouts.connectMs, timeoutMs),
    },
    { timeoutMs, bytes: limitBytes },
  );
}
