// Which ways belong to which kind of account.

import type { AccountKind } from '../../core/providers/account.ts';
import type { AccountRules } from './account-rules.ts';
import { codexRules } from './codex-rules.ts';
import { kiroRules } from './kiro-rules.ts';

const RULES: Readonly<Record<AccountKind, AccountRules>> = { codex: codexRules, kiro: kiroRules };

/** The ways of a kind. */
export function rulesOf(kind: AccountKind): AccountRules {
  return RULES[kind];
}
