// The one seam for logins: a transport that adds what proves an account to the requests that are sent with one. Ordinary
// requests go past it. Captures and logs stand before it, so that they never see a token.

import type { AccountUse, Clock, Transport } from '../../exchange/ports.ts';
import { AccountBook, type BookParts } from './account-book.ts';
import { sendWithAccount } from './account-call.ts';
import type { Quota } from './account-rules.ts';
import { askQuota } from './renewal.ts';

/** A transport that knows accounts. */
export interface AccountTransport extends Transport {
  /** What is left of an account, whose login is renewed first where it must be; a text says why it is not known. */
  quota(use: AccountUse): Promise<Quota | string>;
  /** Renews a login at the operator's word; a text says why it was not. */
  renew(use: AccountUse): Promise<string | undefined>;
}

/** A transport for keys and accounts. */
export function accountTransport(
  transport: Transport,
  parts: Omit<BookParts, 'transport'> & { readonly clock: Pick<Clock, 'epochMs'> },
): AccountTransport {
  const book = new AccountBook({ ...parts, transport });
  const calling = { transport, book, epochMs: () => parts.clock.epochMs() };
  return {
    send: (request, sink) =>
      request.account === undefined
        ? transport.send(request, sink)
        : sendWithAccount(calling, request, request.account, sink),
    quota: async (use) => {
      const ready = await book.ready(use);
      if ('trouble' in ready && ready.trouble !== 'spent') return ready.message;
      const tokens = 'trouble' in ready ? book.tokensOf(use) : ready;
      if (tokens === undefined) return 'The account is not known.';
      // Another process, or the tool that made the login, may have renewed it since it was read.
      return await askQuota(transport, use, tokens, async () => {
        const renewed = await book.renewed(use, tokens.tokens);
        return 'trouble' in renewed ? renewed.message : renewed;
      });
    },
    renew: (use) => book.renewAtOnce(use),
    close: () => transport.close(),
  };
}
