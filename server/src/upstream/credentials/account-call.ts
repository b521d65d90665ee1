// One request with a login in the place of a key: waits for the login, sends, and where the vendor refuses the token
// renews it once and sends the same again. Whoever asked hears one answer, and no token in it.

import { sluiceError } from '../../core/model/error.ts';
import type { AccountTokens } from '../../core/providers/account.ts';
import type {
  AccountUse,
  AnswerSink,
  Call,
  OutboundRequest,
  RawHeaders,
  Transport,
  TransportFailure,
} from '../../exchange/ports.ts';
import { type AccountBook, type AccountTrouble, secretsIn } from './account-book.ts';
import type { AccountRules, Refusal } from './account-rules.ts';
import type { ReadyAccount } from './renewal.ts';
import { rulesOf } from './rules-of.ts';
import { withHeaders } from './sent-headers.ts';
import { secretBytes, type TokenMask, tokenMask, withoutTokens } from './token-mask.ts';

/** What a call works with. */
export interface CallParts {
  readonly transport: Pick<Transport, 'send'>;
  readonly book: AccountBook;
  epochMs(): number;
}

/** The most of a refusal that is read, in bytes. */
const REFUSAL_LIMIT_BYTES = 1_048_576;
const LENGTH: ReadonlySet<string> = new Set(['content-length']);

/** Sends a request with the login of an account. */
export function sendWithAccount(
  parts: CallParts,
  request: OutboundRequest,
  use: AccountUse,
  sink: AnswerSink,
): Call {
  const call = new AccountCall(parts, request, use, sink);
  call.start();
  return call;
}

class AccountCall implements Call {
  private readonly parts: CallParts;
  private readonly request: OutboundRequest;
  private readonly use: AccountUse;
  private readonly sink: AnswerSink;
  private readonly rules: AccountRules;
  private inner: Call | undefined;
  private aborted = false;
  private renewed = false;

  constructor(parts: CallParts, request: OutboundRequest, use: AccountUse, sink: AnswerSink) {
    this.parts = parts;
    this.request = request;
    this.use = use;
    this.sink = sink;
    this.rules = rulesOf(use.upstream.provider.accounts ?? 'codex');
  }

  start(): void {
    this.after(this.parts.book.ready(this.use));
  }

  resume(): void {
    this.inner?.resume();
  }

  abort(): void {
    this.aborted = true;
    this.inner?.abort();
  }

  /** Sends once the login is there. A defect on the way must not leave the attempt open. */
  private after(login: Promise<ReadyAccount | AccountTrouble>): void {
    const sent = login.then((found) => {
      if (this.aborted) return undefined;
      return 'trouble' in found ? this.refuse(found) : this.send(found);
    });
    sent.catch((defect: unknown) => {
      const message = `The request could not be sent with its account: ${String(defect)}`;
      if (!this.aborted) this.sink.fail({ error: sluiceError('internal', message), sent: false });
    });
  }

  private async send({ tokens, proxy }: ReadyAccount): Promise<void> {
    const prepared = await this.rules.prepare(this.request, tokens);
    if (this.aborted) return;
    if (prepared === undefined) {
      this.tell(404, 'not_found_error', 'An account has no such endpoint.');
      return;
    }
    const { account: _used, ...request } = prepared.request;
    const destination = { ...request.destination, ...(proxy === undefined ? {} : { proxy }) };
    const heard = new HeardAnswer(tokens, prepared.answer?.(this.sink) ?? this.sink, (refusal) =>
      this.refused(tokens, refusal),
    );
    this.inner = this.parts.transport.send({ ...request, destination }, heard);
  }

  private refused(tokens: AccountTokens, refusal: Refusal): void {
    const { book } = this.parts;
    const { use } = this;
    if (this.aborted) return;
    if (this.rules.refusesToken(refusal)) {
      if (!this.renewed) {
        this.renewed = true;
        this.after(book.renewed(use, tokens));
        return;
      }
      void book.refuses(use, tokens);
      this.tell(401, 'authentication_error', 'The provider refuses the account, also with a renewed login.');
      return;
    }
    const until = this.rules.spentUntil(refusal, this.parts.epochMs());
    if (until !== undefined) void book.spent(use, until);
    this.give(refusal);
  }

  /** What cannot be asked is told in the words that the vendor would use, so that it counts as if it had. */
  private refuse({ trouble, message, untilMs }: AccountTrouble): void {
    if (trouble === 'invalid') this.tell(401, 'authentication_error', message);
    else if (trouble === 'unreachable') this.tell(503, 'overloaded_error', message);
    else this.tell(429, 'usage_limit_reached', message, untilMs);
  }

  private tell(status: number, type: string, message: string, untilMs?: number): void {
    const seconds =
      untilMs === undefined ? undefined : Math.max(1, Math.ceil((untilMs - this.parts.epochMs()) / 1000));
    const resets = seconds === undefined ? {} : { resets_in_seconds: seconds };
    const text = JSON.stringify({ type: 'error', error: { type, message, ...resets } });
    const retry = seconds === undefined ? [] : ['retry-after', String(seconds)];
    this.give({ status, headers: ['content-type', 'application/json', ...retry], text });
  }

  private give({ status, headers, text }: Refusal): void {
    const body = Buffer.from(text);
    const sized = withHeaders(headers, LENGTH, ['content-length', String(body.length)]);
    this.sink.head(status, sized, body.length);
    this.sink.data(body);
    this.sink.end();
  }
}

/** Hears one answer: a success goes on as it comes, a refusal is gathered; tokens are starred out of both. */
class HeardAnswer implements AnswerSink {
  readonly ordinal: number | undefined;
  private readonly secrets: readonly Buffer[];
  private readonly sink: AnswerSink;
  private readonly mask: TokenMask;
  private readonly onRefusal: (refusal: Refusal) => void;
  private readonly gathered: Buffer[] = [];
  private size = 0;
  private refusing: { readonly status: number; readonly headers: RawHeaders } | undefined;

  constructor(tokens: AccountTokens, sink: AnswerSink, onRefusal: (refusal: Refusal) => void) {
    this.secrets = secretBytes(secretsIn(tokens));
    this.sink = sink;
    this.ordinal = sink.ordinal;
    this.mask = tokenMask(this.secrets);
    this.onRefusal = onRefusal;
  }

  head(status: number, headers: RawHeaders, length: number | undefined): void {
    const masked = headers.map((word) =>
      withoutTokens(Buffer.from(word, 'latin1'), this.secrets).toString('latin1'),
    );
    if (status >= 200 && status < 300) this.sink.head(status, masked, length);
    else this.refusing = { status, headers: masked };
  }

  data(chunk: Buffer): boolean {
    if (this.refusing === undefined) {
      const shown = this.mask.push(chunk);
      return shown.length === 0 || this.sink.data(shown);
    }
    this.size += chunk.length;
    if (this.size <= REFUSAL_LIMIT_BYTES) this.gathered.push(chunk);
    return true;
  }

  end(): void {
    if (this.refusing !== undefined) {
      const body = withoutTokens(Buffer.concat(this.gathered), this.secrets);
      this.onRefusal({ ...this.refusing, text: body.toString('utf8') });
      return;
    }
    const rest = this.mask.end();
    if (rest.length > 0) this.sink.data(rest);
    this.sink.end();
  }

  /** Of a refusal that broke off the status is left, which says enough. */
  fail(failure: TransportFailure): void {
    if (this.refusing !== undefined) this.end();
    else this.sink.fail(failure);
  }
}
