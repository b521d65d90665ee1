// What stands in the form for captures, and what the gateway is asked for by it.

import type { CaptureRequest } from '../../../../server/src/admin/contract.ts';

/** The fields as they are typed; empty: any. */
export interface CaptureFields {
  readonly seconds: number;
  readonly requests: string;
  readonly client: string;
  readonly model: string;
  readonly upstream: string;
  readonly errorsOnly: boolean;
}

export const NO_FIELDS: CaptureFields = {
  seconds: 30,
  requests: '',
  client: '',
  model: '',
  upstream: '',
  errorsOnly: false,
};

/** The window that they describe; what is empty is left out. */
export function captureOf({
  seconds,
  requests,
  client,
  model,
  upstream,
  errorsOnly,
}: CaptureFields): CaptureRequest {
  const filter = {
    ...(client === '' ? {} : { client }),
    ...(model.trim() === '' ? {} : { model: model.trim() }),
    ...(upstream === '' ? {} : { upstream }),
    ...(errorsOnly ? { errorsOnly } : {}),
  };
  return {
    seconds,
    ...(requests === '' ? {} : { requests: Number(requests) }),
    ...(Object.keys(filter).length === 0 ? {} : { filter }),
  };
}
