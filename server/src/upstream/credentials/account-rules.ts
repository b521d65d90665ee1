// What differs between the kinds of accounts: how a login is renewed, how a request is sent with it, how its refusals and
// its quota are read. All of it is knowledge; who asks and remembers is account-book.ts.

import type { AccountAddresses, AccountTokens } from '../../core/providers/account.ts';
import type { AnswerSink, OutboundRequest, RawHeaders } from '../../exchange/ports.ts';
import type { Question } from './ask-once.ts';

/** One limit of an account. */
export interface QuotaWindow {
  /** What people know it by: "5 hours", "week", "month". */
  readonly name: string;
  /** From 0 to 100, or more. */
  readonly usedPercent: number;
  /** Where the vendor counts instead of weighing. */
  readonly used?: number;
  readonly limit?: number;
  /** Milliseconds since 1970. */
  readonly resetsAtMs?: number;
}

/** What a vendor says is left of an account. */
export interface Quota {
  readonly plan?: string;
  readonly email?: string;
  readonly windows: readonly QuotaWindow[];
}

/** An answer that refuses, whole. */
export interface Refusal {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly text: string;
}

/** A request as it goes to the vendor. */
export interface Prepared {
  readonly request: OutboundRequest;
  /** Puts itself before whoever hears a success, where the vendor's answer is in words of its own. */
  answer?(sink: AnswerSink): AnswerSink;
}

/** Where the accounts of an upstream are asked. */
export interface Place {
  readonly addresses: AccountAddresses;
  /** The base URL of the upstream; undefined: that of the preset. */
  readonly base: string | undefined;
}

/** The ways of one kind of account. */
export interface AccountRules {
  /** What renews a login. */
  renewal(tokens: AccountTokens, place: Place): Question;
  /** The tokens that a renewal has brought; undefined: the answer has none. */
  renewed(tokens: AccountTokens, text: string, epochNowMs: number): AccountTokens | undefined;
  /** What tells the quota; undefined: this login cannot ask. */
  usage(tokens: AccountTokens, place: Place): Question | undefined;
  quota(text: string): Quota | undefined;
  /** The request with the login; undefined: an account has no such thing. */
  prepare(
    request: OutboundRequest,
    tokens: AccountTokens,
  ): Prepared | undefined | Promise<Prepared | undefined>;
  /** The vendor does not take the access token (any more). */
  refusesToken(refusal: Refusal): boolean;
  /** The quota is used up: until when (ms since 1970), or "unknown" where only the usage endpoint can say. */
  spentUntil(refusal: Refusal, epochNowMs: number): number | 'unknown' | undefined;
}
