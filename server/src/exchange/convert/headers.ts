// Headers of a converted answer besides those of every answer: what it is, and what was lost.

import { lossHeader } from '../../core/conversion/policy.ts';
import type { LossReport } from '../../core/model/loss.ts';
import type { AttemptRecord } from '../attempt-record.ts';
import type { Exchange } from '../context.ts';

/** Also notes the losses in the record of the attempt. */
export function convertedHeaders(
  exchange: Exchange,
  attempt: AttemptRecord,
  { losses }: LossReport,
): string[] {
  const { stream } = exchange.peeked;
  const type = stream && exchange.framing === 'sse' ? 'text/event-stream' : 'application/json';
  const headers = ['content-type', `${type}; charset=utf-8`];
  if (stream) headers.push('cache-control', 'no-cache', 'x-accel-buffering', 'no');
  const lost = lossHeader(losses);
  attempt.losses = lost;
  if (lost !== undefined) headers.push('x-sluice-loss', lost);
  return headers;
}
