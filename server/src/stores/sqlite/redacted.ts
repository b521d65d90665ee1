// The records of an exchange with the secrets taken out of the texts that clients and upstreams choose.

import type { LedgerClosing, LedgerOpening } from '../../exchange/ports.ts';

type Redact = (text: string) => string;

function clean(text: string | undefined, redact: Redact): string | undefined {
  return text === undefined ? undefined : redact(text);
}

/** A copy whose conversation and agent ids hold no secrets. */
export function redactOpening(opening: LedgerOpening, redact: Redact): LedgerOpening {
  return {
    ...opening,
    conversationId: clean(opening.conversationId, redact),
    agentId: clean(opening.agentId, redact),
  };
}

/** A copy whose model names hold no secrets. */
export function redactClosing(closing: LedgerClosing, redact: Redact): LedgerClosing {
  return {
    ...closing,
    modelAsked: clean(closing.modelAsked, redact),
    modelServed: clean(closing.modelServed, redact),
  };
}
