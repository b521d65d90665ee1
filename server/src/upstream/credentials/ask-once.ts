// A small question to a vendor's login or usage endpoint over the gateway's own transport, with the whole answer at once.

import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import type { Call, RawHeaders, Transport } from '../../exchange/ports.ts';

/** What is asked. */
export interface Question {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: RawHeaders;
  readonly body?: string;
}

/** The whole answer. */
export interface Told {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly text: string;
}

/** How long a vendor may take: less than a lock on an account is waited for. */
const TIMEOUT_MS = 8_000;
const CONNECT_MS = 5_000;
const LIMIT_BYTES = 1_048_576;

/** Asks and resolves with the answer, or with why there is none, which names the host alone. Never rejects. */
export function askOnce(
  transport: Pick<Transport, 'send'>,
  { method, url, headers, body }: Question,
  proxy: string | undefined,
): Promise<Told | SluiceError> {
  const { origin, host, pathname, search } = new URL(url);
  const bytes = Buffer.from(body ?? '');
  return new Promise((resolve) => {
    let call: Call | undefined;
    let status = 0;
    let told: RawHeaders = [];
    let size = 0;
    const chunks: Buffer[] = [];
    const finish = (answer: Told | SluiceError): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    const giveUp = (error: SluiceError): void => {
      call?.abort();
      finish(error);
    };
    const timer = setTimeout(
      () => giveUp(sluiceError('upstream_timeout', `${host} did not answer within ${TIMEOUT_MS} ms.`)),
      TIMEOUT_MS,
    );
    const request = {
      destination: { origin, proxy },
      method,
      target: `${pathname}${search}`,
      headers: ['accept', 'application/json', 'accept-encoding', 'identity', ...headers],
      body:
        body === undefined
          ? ({ kind: 'none' } as const)
          : ({ kind: 'bytes', parts: [bytes], length: bytes.length } as const),
      decode: true,
      connectMs: CONNECT_MS,
    };
    call = transport.send(request, {
      head: (code, answered) => {
        status = code;
        told = answered;
      },
      data: (chunk) => {
        size += chunk.length;
        if (size <= LIMIT_BYTES) chunks.push(chunk);
        else giveUp(sluiceError('upstream_too_large', `The answer of ${host} is too large.`));
        return true;
      },
      end: () => finish({ status, headers: told, text: Buffer.concat(chunks).toString('utf8') }),
      fail: ({ error }) => finish(error),
    });
  });
}
