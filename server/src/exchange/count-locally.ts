// Counts tokens where no upstream can: an estimate, marked as one. It is never a generation, and never a failure of a key.

import { decodeCountRequest, encodeCount } from '../core/counting/convert.ts';
import { countable } from '../core/counting/countable.ts';
import { estimateInputTokens } from '../core/model/estimate.ts';
import type { DialectCall } from './context.ts';
import type { Inbound, Ports } from './ports.ts';
import { closeRecord, type ExchangeRecord } from './record.ts';
import { refuse } from './refuse.ts';

/** Answers a question for a count from what the gateway knows itself. */
export async function countLocally(
  ports: Ports,
  call: DialectCall,
  inbound: Inbound,
  record: ExchangeRecord,
  body: Buffer,
): Promise<void> {
  const { dialect } = call;
  const request = decodeCountRequest(dialect, JSON.parse(body.toString('utf8')), call.model);
  if ('code' in request) {
    const status = refuse(inbound.reply, dialect, request, inbound.id);
    closeRecord(ports, record, { status, error: request });
    return;
  }
  // Whoever was asked before has not answered it.
  record.dialectOut = undefined;
  record.modelServed = undefined;
  record.upstreamId = undefined;
  record.keyId = undefined;
  const { texts, flat } = countable(request);
  const counted = await ports.tokenizer.count(texts);
  const tokens = counted === undefined ? estimateInputTokens(request) : counted + flat;
  const out = JSON.stringify(encodeCount(dialect.id, tokens));
  record.bytesOut += Buffer.byteLength(out);
  inbound.reply.head(200, [
    'content-type',
    'application/json; charset=utf-8',
    'content-length',
    String(Buffer.byteLength(out)),
    'x-sluice-request-id',
    inbound.id,
    'x-request-id',
    inbound.id,
    'x-sluice-estimated',
    'true',
  ]);
  inbound.reply.end(out);
  closeRecord(ports, record, { status: 200 });
}
