// The frame around every kind of exchange: its row is open before anything is done and closed whatever happens, also when
// the work throws because the gateway has a defect.

import type { Dialect } from '../core/dialects/dialect.ts';
import type { Use } from '../core/model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import type { Inbound, Look, Ports } from './ports.ts';
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

/** The work of one exchange; `ports` and `inbound` may be such that somebody looks on. */
export type Work = (record: ExchangeRecord, ports: Ports, inbound: Inbound) => Promise<void>;

/** Runs one exchange with an open row. The work closes it; what the work throws ends as an internal error. Never rejects. */
export async function recorded(given: Ports, from: Inbound, route: RecordedRoute, work: Work): Promise<void> {
  const { name, dialect, use } = route;
  const record = openRecord(given, from, { name, dialect: dialect.id, use });
  const { ports, inbound } =
    given.lenses.length === 0 ? { ports: given, inbound: from } : lookedAt(given, from, record);
  route.opened?.(record);
  given.ongoing?.add(record);
  try {
    await work(record, ports, inbound);
    if (!record.closed) throw new Error('The exchange ended without an outcome.');
  } catch (thrown) {
    ports.log.error('An exchange failed unexpectedly.', { requestId: inbound.id, error: String(thrown) });
    const error = internalError();
    const { started } = inbound.reply;
    closeRecord(ports, record, { status: started ? 200 : error.status, error });
    // What was begun may not fit an error any more, and the defect may lie in the wording of errors: then only a cut is honest.
    try {
      if (started) inbound.reply.cut();
      else refuse(inbound.reply, dialect, error, inbound.id);
    } catch {
      inbound.reply.cut();
    }
  } finally {
    given.ongoing?.remove(record);
  }
}

/** Lets those look on who want to. */
function lookedAt(
  ports: Ports,
  inbound: Inbound,
  record: ExchangeRecord,
): { readonly ports: Ports; readonly inbound: Inbound } {
  // Most of the time nobody wants to, and nothing is made then.
  let looks: Look[] | undefined;
  let seen = { inbound, transport: ports.transport };
  for (const lens of ports.lenses) {
    const look = lens.look(record.opening, seen);
    if (look === undefined) continue;
    if (looks === undefined) looks = [look];
    else looks.push(look);
    seen = look;
  }
  if (looks === undefined) return { ports, inbound };
  record.looks = looks;
  return { ports: { ...ports, transport: seen.transport }, inbound: seen.inbound };
}
