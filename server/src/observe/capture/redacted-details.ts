// The details of errors and retries without secrets: providers repeat keys in their errors, and headers carry what nobody foresaw.

import type { Details } from '../../exchange/ports.ts';
import type { Redactor } from '../redact.ts';

/** Details whose texts are masked before they are kept. Captures are masked when they are made, by their own rules. */
export function redactedDetails(details: Details, redactor: Redactor): Details {
  return {
    put: (detail) =>
      details.put(detail.kind === 'capture' ? detail : { ...detail, text: redactor.redact(detail.text) }),
    get: (id) => details.get(id),
  };
}
