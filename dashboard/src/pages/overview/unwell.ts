// What is unwell, out of what the gateway tells of itself: each finding with how bad it is and where it can be mended.

import type {
  AccountView,
  ConfigProblem,
  KeyView,
  StandingView,
  Status,
  UnpricedList,
  UpstreamView,
} from '../../../../server/src/admin/contract.ts';
import { accountLabel, needsLogin } from '../upstreams/accounts/account.ts';
import { keyLabel } from '../upstreams/key-label.ts';

/** One thing that is not as it should be. The page finds the words, except where the gateway has found them. */
export type Finding = { readonly id: string; readonly tone: 'bad' | 'caution' } & (
  | {
      readonly kind: 'standing';
      readonly upstream: string;
      readonly key: string | undefined;
      readonly model: string | undefined;
      readonly why: string;
      readonly untilAtMs: number | undefined;
    }
  | {
      readonly kind: 'account';
      readonly upstream: string;
      readonly account: string;
      /** The command that mends it; undefined: it is tried again by itself. */
      readonly remedy: string | undefined;
    }
  | { readonly kind: 'all-keys-off'; readonly upstream: string }
  | { readonly kind: 'not-ready' }
  | { readonly kind: 'lost'; readonly count: number }
  | { readonly kind: 'waiting'; readonly count: number }
  | { readonly kind: 'storage'; readonly bytes: number; readonly limit: number }
  | { readonly kind: 'no-archive' }
  | { readonly kind: 'config'; readonly path: string; readonly message: string }
  | { readonly kind: 'unpriced'; readonly models: readonly string[]; readonly requests: number }
  | { readonly kind: 'notice'; readonly text: string }
);

/** What is looked at; what is not there yet is not judged. */
export interface Looked {
  readonly keys?: readonly KeyView[] | undefined;
  /** Logins in the place of keys. */
  readonly accounts?: readonly AccountView[] | undefined;
  readonly upstreams?: readonly Pick<UpstreamView, 'id' | 'accounts'>[] | undefined;
  readonly status?: Status | undefined;
  readonly problems?: readonly ConfigProblem[] | undefined;
  readonly unpriced?: UnpricedList | undefined;
  /** The most that the ledger may take; undefined or 0: as much as there is. */
  readonly storageLimit?: number | undefined;
}

/** So many rows that are not written yet mean that the disk does not keep up. */
const MANY_WAITING = 1_000;
/** Above this part of what it may take the oldest requests make way soon. */
const NEARLY_FULL = 0.9;

/** All findings, the worst first. */
export function findingsOf(looked: Looked): readonly Finding[] {
  const findings = [
    ...ofStatus(looked),
    ...ofAccounts(looked.accounts ?? []),
    ...ofKeys(looked),
    ...ofConfig(looked.problems ?? []),
    ...ofPrices(looked.unpriced),
  ];
  return findings.toSorted((one, other) => Number(one.tone !== 'bad') - Number(other.tone !== 'bad'));
}

function ofStatus({ status, storageLimit = 0 }: Looked): readonly Finding[] {
  if (status === undefined) return [];
  const { ready, ledger, storage, notices, parts } = status;
  const findings: Finding[] = [];
  if (!ready) findings.push({ id: 'not-ready', tone: 'bad', kind: 'not-ready' });
  if (ledger !== null && ledger.lost > 0)
    findings.push({ id: 'lost', tone: 'bad', kind: 'lost', count: ledger.lost });
  if (ledger !== null && ledger.waiting >= MANY_WAITING)
    findings.push({ id: 'waiting', tone: 'caution', kind: 'waiting', count: ledger.waiting });
  if (storage === null) {
    if (parts['archive'] === true) findings.push({ id: 'no-archive', tone: 'bad', kind: 'no-archive' });
  } else {
    const bytes = storage.bytes - storage.freeBytes;
    if (storageLimit > 0 && bytes >= storageLimit * NEARLY_FULL)
      findings.push({ id: 'storage', tone: 'caution', kind: 'storage', bytes, limit: storageLimit });
  }
  for (const text of new Set(notices))
    findings.push({ id: `notice ${text}`, tone: 'caution', kind: 'notice', text });
  return findings;
}

/** True where it is left alone, or tried out: "closed" is in use. */
function isUnwell({ state }: StandingView): boolean {
  return state !== 'closed';
}

function ofAccounts(accounts: readonly AccountView[]): readonly Finding[] {
  return accounts.filter(isLost).map((account) => {
    const { upstream, id, remedy, state } = account;
    return {
      id: `account ${upstream} ${id}`,
      tone: state === 'invalid' ? 'bad' : 'caution',
      kind: 'account',
      upstream,
      account: accountLabel(account),
      remedy: needsLogin(account) ? (remedy ?? undefined) : undefined,
    };
  });
}

/** True where its login is no good; one that is used up says so as its key. */
function isLost({ state }: AccountView): boolean {
  return state === 'invalid' || state === 'expired';
}

function ofKeys({ keys = [], accounts = [], upstreams }: Looked): readonly Finding[] {
  const findings = new Map<string, Finding>();
  const lost = new Set(accounts.filter(isLost).map(({ upstream, id }) => `${upstream}\n${id}`));
  const named = new Map(accounts.map((account) => [account.id, accountLabel(account)]));
  for (const key of keys) {
    const { upstreamId, keyId, standings, disabled } = key;
    if (disabled) continue;
    for (const standing of standings.filter(isUnwell)) {
      const { scope, model, state, why, untilAtMs } = standing;
      // What stands against a lost login is told with what mends it.
      if (scope === 'key' && lost.has(`${upstreamId}\n${keyId}`)) continue;
      // The standing of an upstream is told with each of its keys.
      const id = [upstreamId, scope === 'upstream' ? '' : keyId, model ?? ''].join('\n');
      findings.set(id, {
        id,
        tone: state === 'open' || state === 'quarantined' ? 'bad' : 'caution',
        kind: 'standing',
        upstream: upstreamId,
        key: scope === 'upstream' || keyId === 'k_none' ? undefined : (named.get(keyId) ?? keyLabel(key)),
        model,
        why,
        untilAtMs,
      });
    }
  }
  for (const upstream of new Set(keys.map(({ upstreamId }) => upstreamId))) {
    const own = keys.filter(({ upstreamId }) => upstreamId === upstream);
    const known = upstreams?.find(({ id }) => id === upstream);
    // That it has no account yet is told by the configuration.
    const lacksKeys = own.every(({ keyId }) => keyId === 'k_none');
    if (lacksKeys && (upstreams === undefined || known?.accounts !== undefined)) continue;
    if (own.every(({ disabled }) => disabled))
      findings.set(`off ${upstream}`, {
        id: `off ${upstream}`,
        tone: 'caution',
        kind: 'all-keys-off',
        upstream,
      });
  }
  return [...findings.values()];
}

function ofConfig(problems: readonly ConfigProblem[]): readonly Finding[] {
  return problems.map(({ severity, path, message }) => {
    const tone = severity === 'error' ? 'bad' : 'caution';
    return { id: `config ${path} ${message}`, tone, kind: 'config', path, message };
  });
}

function ofPrices(unpriced: UnpricedList | undefined): readonly Finding[] {
  const models = unpriced?.models ?? [];
  if (models.length === 0) return [];
  const requests = models.reduce((sum, one) => sum + one.requests, 0);
  const names = [...new Set(models.map(({ model }) => model))];
  return [{ id: 'unpriced', tone: 'caution', kind: 'unpriced', models: names, requests }];
}
