// The metrics page: who may read it, and how it is answered. Numbers tell an outsider a lot, so that a token is asked for
// unless the operator says otherwise.

import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Settings } from '../config/settings.ts';
import { sluiceError } from '../core/model/error.ts';
import type { Log, Reply } from '../exchange/ports.ts';
import { isLoopback } from './guard.ts';
import { refuseOperator } from './operator.ts';

/** What makes the page. */
export interface MetricsPage {
  /** Its media type. */
  readonly contentType: string;
  /** As of now. */
  page(): Promise<string>;
}

/** Headers that proxies add: the address is theirs, not the caller's. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/** True for whoever has the token for metrics, and for callers on this machine where the operator allows them. */
export function mayReadMetrics(
  headers: IncomingHttpHeaders,
  metrics: NonNullable<Settings['metrics']>,
  address: string,
): boolean {
  if (metrics.open && isLoopback(address) && !FORWARDED.some((name) => headers[name] !== undefined))
    return true;
  const { token } = metrics;
  const [, presented] = /^bearer +(.*)$/i.exec(headers.authorization ?? '') ?? [];
  if (token === undefined || token === '' || presented === undefined) return false;
  // Digests have one length, so that comparing takes the same time whatever was sent.
  return timingSafeEqual(hash('sha256', presented.trim(), 'buffer'), hash('sha256', token, 'buffer'));
}

/** Answers with the page. */
export function answerMetrics(source: MetricsPage, reply: Reply, id: string, log: Log): void {
  source.page().then(
    (text) => {
      const length = String(Buffer.byteLength(text));
      reply.head(200, [
        'content-type',
        source.contentType,
        'content-length',
        length,
        'cache-control',
        'no-store',
        'x-content-type-options',
        'nosniff',
      ]);
      reply.end(text);
    },
    (defect: unknown) => {
      log.error('The metrics could not be read.', { requestId: id, error: String(defect) });
      refuseOperator(reply, sluiceError('internal', 'The metrics could not be read.'), id);
    },
  );
}
