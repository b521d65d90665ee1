// What the operator may ask the running gateway: the keys with all that is known of them, a word about one key, and why
// a request would go where it goes. Knows nothing of HTTP but the status of its answers.

import type { Settings } from '../../config/settings.ts';
import { lastFour } from '../../core/last-four.ts';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import { isObject } from '../../core/model/json.ts';
import { nearest } from '../../core/near.ts';
import { isQuestion, type Question, readQuestion } from './question.ts';

/** Why a key, one of its models or its upstream is left alone, in words and numbers. Times are epoch milliseconds. */
export interface StandingReport {
  readonly scope: 'upstream' | 'key' | 'model';
  readonly model?: string;
  /** closed, cooling, open, half-open or quarantined. */
  readonly state: string;
  readonly reason: string;
  /** A sentence. */
  readonly why: string;
  readonly sinceAtMs: number;
  readonly untilAtMs?: number;
  readonly status?: number;
  /** The provider's own words, without secrets. */
  readonly message?: string;
}

/** One limit and what is left of it. */
export interface UseReport {
  readonly kind: 'rpm' | 'rpd' | 'tpm' | 'tpd' | 'concurrency';
  readonly level: 'upstream' | 'key' | 'model';
  readonly model?: string;
  readonly limit: number;
  readonly remaining: number;
  readonly resetInMs: number;
}

/** One limit in the provider's own words, and for which model it said so. `limit` absent: it did not say. */
export interface ReportedReport {
  readonly kind: 'rpm' | 'rpd' | 'tpm' | 'tpd';
  readonly model: string;
  readonly limit?: number;
  readonly remaining: number;
  /** Epoch milliseconds. */
  readonly saidAtMs: number;
  readonly resetInMs: number;
}

/** All that is known of one key. */
export interface KeyReport {
  readonly upstreamId: string;
  readonly keyId: string;
  readonly name?: string;
  readonly disabled: boolean;
  readonly standings: readonly StandingReport[];
  readonly inFlight: number;
  readonly use: readonly UseReport[];
  /** What the provider itself last said of its limits. */
  readonly reported?: readonly ReportedReport[];
  readonly lastUsedAtMs?: number;
  readonly ttftMs?: number;
}

/** What became of trying a key. */
export interface KeyTestReport {
  readonly ok: boolean;
  /** HTTP status of the provider's answer, if there was one. */
  readonly status?: number;
  /** A sentence without secrets. */
  readonly message: string;
}

/** A key that could serve a request, or why it could not. */
export interface ExplainedKey {
  readonly upstreamId: string;
  readonly keyId?: string;
  readonly keyName?: string;
  /** The name that would be sent. */
  readonly model?: string;
  /** A sentence. */
  readonly why: string;
}

/** Where a request would go. The command line prints this shape; more members do not disturb it. */
export interface ExplainReport {
  /** In the order in which they would be tried. */
  readonly candidates: readonly ExplainedKey[];
  readonly passedOver: readonly ExplainedKey[];
  /** Sentences about the whole: the alias, the route, the order. */
  readonly notes?: readonly string[];
}

/** What the pool knows and does. */
export interface OperatorPort {
  keys(): readonly KeyReport[];
  /** Forgets everything that stands against a key; false when there is none of these ids. */
  reset(upstreamId: string, keyId: string): boolean;
  /** Asks the provider with this key; see test-key.ts. */
  test(upstreamId: string, keyId: string): Promise<KeyTestReport>;
  explain(question: Question): ExplainReport;
}

/** The part of the stored keys that the operator's channel needs. */
export interface OperatorVault {
  /** Proves its bearer to be the operator; undefined while nobody can be. */
  token(): string | undefined;
  /** Takes a key out of use or back into it, lasting; answers why that was not possible. */
  switchKey(upstreamId: string, keyId: string, disabled: boolean): Promise<SluiceError | undefined>;
}

/** What the operator needs of the gateway. */
export interface OperatorParts {
  settings(): Settings;
  readonly pool: OperatorPort;
  readonly vault: OperatorVault;
}

/** What can be done with one key. */
export type KeyAction = 'enable' | 'disable' | 'reset' | 'test';

/** One request of the operator, as the edge hands it over. */
export type OperatorCall =
  | { readonly what: 'keys' }
  | { readonly what: 'explain'; readonly body: Buffer }
  | {
      readonly what: 'key';
      readonly action: KeyAction;
      readonly upstreamId: string;
      readonly keyId: string;
    };

/** A JSON value to answer 200 with, or what is wrong. */
export type OperatorAnswer =
  | { readonly ok: true; readonly body: object }
  | { readonly ok: false; readonly error: SluiceError };

/** Answers the operator. */
export interface Operator {
  answer(call: OperatorCall): Promise<OperatorAnswer>;
}

const done = (body: object): OperatorAnswer => ({ ok: true, body });
const failed = (error: SluiceError): OperatorAnswer => ({ ok: false, error });

/** Makes the operator of a gateway. */
export function createOperator(parts: OperatorParts): Operator {
  return {
    answer: async (call) => {
      switch (call.what) {
        case 'keys':
          return done({ keys: listed(parts) });
        case 'explain':
          return explained(parts, call.body);
        case 'key':
          return await act(parts, call.action, call.upstreamId, call.keyId);
      }
    },
  };
}

/** The reports, each with the end of its secret. */
function listed({ settings, pool }: OperatorParts): readonly (KeyReport & { readonly last4: string })[] {
  const ends = new Map<string, string>();
  for (const { id, keys } of settings().upstreams)
    for (const key of keys) ends.set(`${id} ${key.id}`, lastFour(key.secret));
  return pool.keys().map((report) => {
    return { ...report, last4: ends.get(`${report.upstreamId} ${report.keyId}`) ?? '' };
  });
}

function explained({ pool }: OperatorParts, body: Buffer): OperatorAnswer {
  const question = readQuestion(body.toString('utf8'));
  if (!isQuestion(question)) return failed(question);
  const report = pool.explain(question);
  return done(isObject(report) ? report : { explanation: report });
}

async function act(
  parts: OperatorParts,
  action: KeyAction,
  upstreamId: string,
  keyId: string,
): Promise<OperatorAnswer> {
  const { upstreams } = parts.settings();
  const upstream = upstreams.find(({ id }) => id === upstreamId);
  if (upstream === undefined) return failed(noUpstream(upstreamId, upstreams));
  if (!upstream.keys.some(({ id }) => id === keyId)) return failed(noKey(upstreamId));
  const subject = { upstream: upstreamId, key: keyId };
  switch (action) {
    case 'enable':
    case 'disable': {
      const error = await parts.vault.switchKey(upstreamId, keyId, action === 'disable');
      return error === undefined ? done({ ...subject, disabled: action === 'disable' }) : failed(error);
    }
    case 'reset':
      return parts.pool.reset(upstreamId, keyId)
        ? done({ ...subject, reset: true })
        : failed(noKey(upstreamId));
    case 'test':
      return done({ ...subject, ...(await parts.pool.test(upstreamId, keyId)) });
  }
}

function noUpstream(asked: string, upstreams: Settings['upstreams']): SluiceError {
  const near = nearest(
    asked,
    upstreams.map(({ id }) => id),
  );
  return sluiceError('not_found', 'The gateway has no upstream of this id.', {
    suggestion: near.length === 0 ? 'See "sluice keys list".' : `Did you mean ${near.join(' or ')}?`,
  });
}

function noKey(upstreamId: string): SluiceError {
  return sluiceError('not_found', `The upstream ${upstreamId} has no key of this id.`, {
    suggestion: 'See "sluice keys list".',
  });
}
