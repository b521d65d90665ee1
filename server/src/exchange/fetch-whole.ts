// Asks an upstream a small question of the gateway's own and waits for the whole answer, within a time and a size.

import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { gather } from './collect.ts';
import type { Call, Deadline, OutboundRequest, Ports, RawHeaders } from './ports.ts';

/** A complete small answer. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: Buffer;
}

/** Sends a request and resolves with its complete answer, or with why there is none. Never rejects. */
export function fetchWhole(
  ports: Pick<Ports, 'transport' | 'clock' | 'deadlines'>,
  request: OutboundRequest,
  limits: { readonly timeoutMs: number; readonly bytes: number },
): Promise<WholeAnswer | SluiceError> {
  return new Promise((resolve) => {
    let call: Call | undefined;
    let head: { status: number; headers: RawHeaders } = { status: 0, headers: [] };
    const finish = (result: WholeAnswer | SluiceError): void => {
      ports.deadlines.remove(deadline);
      resolve(result);
    };
    const giveUp = (error: SluiceError): void => {
      call?.abort();
      finish(error);
    };
    const deadline: Deadline = {
      dueMs: ports.clock.monotonicMs() + limits.timeoutMs,
      place: -1,
      expired: () =>
        giveUp(sluiceError('upstream_timeout', `The upstream did not answer within ${limits.timeoutMs} ms.`)),
    };
    const body = gather(
      limits.bytes,
      (whole) => finish({ ...head, body: whole }),
      () =>
        giveUp(
          sluiceError('upstream_too_large', `The upstream's answer is larger than ${limits.bytes} bytes.`),
        ),
    );
    ports.deadlines.add(deadline);
    call = ports.transport.send(request, {
      head: (status, headers) => {
        head = { status, headers };
      },
      data: body.data,
      end: body.end,
      fail: (failure) => finish(failure.error),
    });
  });
}
