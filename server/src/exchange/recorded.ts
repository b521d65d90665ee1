// The frame around every kind of exchange: its row is open before anything is done and closed whatever happens, also when
// the work throws because the gateway has a defect.

import type { Dialect } from '../core/dialects/dialect.ts';
import type { Use } from '../core/model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import type { Inbound, Ports } from './ports.ts';
import { closeRecord, type ExchangeRecord, openRecord } from './record.ts';
import { refuse } from './refuse.ts';

/** What an exchange is called in the ledger, and who words its errors. */
export interface RecordedRoute {
  readonly name: string;
  readonly dialect: Dialect;
  readonly use: Use | 'resource';
  /** Is given the record when it opens. */
  opened?(record: ExchangeRecord): void;
}

/** The error for a defect. */
export function internalError(): SluiceError {
  return sluiceError('internal', 'The gateway failed on this request.', {
    suggestion: 'Please report it with the request id.',
  });
}

/** Runs one exchange with an open row. The work closes it; what the work throws ends as an internal error. Never rejects. */
export async function recorded(
  ports: Ports,
  inbound: Inbound,
  route: RecordedRoute,
  work: (record: ExchangeRecord) => Promise<void>,
): Promise<void> {
  const { name, dialect, use } = route;
  const record = openRecord(ports, inbound, { name, dialect: dialect.id, use });
  route.opened?.(record);
  try {
    await work(record);
    if (!record.closed) throw new Error('The exchange ended without an outcome.');
  } catch (thrown) {
    ports.log.error('An exchange failed unexpectedly.', { requestId: inbound.id, error: String(thrown) });
    const error = internalError();
    const { started } = inbound.reply;
    closeRecord(ports, record, { status: started ? 200 : error.status, errorCode: error.code });
    // What was begun may not fit an error any more, and the defect may lie in the wording of errors: then only a cut is honest.
    try {
      if (started) inbound.reply.cut();
      else refuse(inbound.reply, dialect, error, inbound.id);
    } catch {
      inbound.reply.cut();
    }
  }
}
