// Who answered is remembered by the id of the answer, for clients that come back to it.

import type { Exchange, Target } from './context.ts';

/** Remembers it. Other gateways are told only of answers that are stored, since nobody can come back to the rest. */
export function rememberAnswer(exchange: Exchange, id: string | undefined, target: Target): void {
  const { ports, memory, inbound, dialect } = exchange;
  // The id of an answer in another format is one that the client never sees.
  const passing = ports.sharedNotes === undefined || target.dialect !== dialect.id || !isStored(exchange);
  memory.owners.remember(id, target, inbound.client?.id, passing);
}

/** A request that says nothing of storing is stored in one format, and passes in the others. */
function isStored({ peeked, body }: Exchange): boolean {
  return peeked.continuation?.store ?? body.includes('"store"');
}
