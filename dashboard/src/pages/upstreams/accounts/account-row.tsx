// One account: whose it is, how it stands and what mends it, and what is left of it.

import type { ReactElement } from 'react';
import type { AccountView, KeyView } from '../../../../../server/src/admin/contract.ts';
import { useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { Badge, Lamp } from '../../../ui/badge.tsx';
import { Countdown } from '../clock.tsx';
import { KeyFigures } from '../key-figures.tsx';
import { KeyQuota } from '../key-quota.tsx';
import { keyVerdict } from '../standing.ts';
import { Reason, VerdictBadge, VerdictCountdown } from '../verdict-words.tsx';
import { ACCOUNT_TONES, accountLabel, needsLogin } from './account.ts';
import { AccountMenu } from './account-menu.tsx';
import { AccountQuota } from './account-quota.tsx';
import { CommandLine } from './command-line.tsx';
import { accountMessages } from './messages.ts';

interface AccountRowProps {
  readonly account: AccountView;
  /** As the gateway uses it; undefined: it does not. */
  readonly used: KeyView | undefined;
  /** By the gateway's clock, when it was heard of. */
  readonly nowMs: number;
  /** All that is known, instead of what matters most. */
  readonly full?: boolean;
}

/** Bars in a card. */
const BARS_SHOWN = 2;

/** The row, as an item of a list. */
export function AccountRow({ account, used, nowMs, full = false }: AccountRowProps): ReactElement {
  return (
    <li className="flex flex-col gap-1.5 border-line border-t py-2 first:border-t-0">
      <div className="flex min-h-6 flex-wrap items-center gap-x-2 gap-y-1">
        <span className="min-w-0 truncate font-medium text-sm">{accountLabel(account)}</span>
        {account.plan !== null && <Badge>{account.plan}</Badge>}
        <AccountBadge account={account} />
        <span className="ml-auto flex items-center gap-3">
          {used !== undefined && <KeyFigures value={used} nowMs={nowMs} />}
          <AccountMenu account={account} />
        </span>
      </div>
      {full && <Particulars account={account} />}
      <Trouble account={account} />
      <Standings account={account} used={used} nowMs={nowMs} full={full} />
      {used !== undefined && (
        <KeyQuota value={used} name={accountLabel(account)} {...(full ? {} : { most: BARS_SHOWN })} />
      )}
      {!needsLogin(account) && (
        <AccountQuota account={account} nowMs={nowMs} {...(full ? {} : { most: BARS_SHOWN })} />
      )}
    </li>
  );
}

function AccountBadge({ account }: { readonly account: AccountView }): ReactElement {
  const text = useMessages(accountMessages);
  const { state, spentUntil } = account;
  const tone = ACCOUNT_TONES[state];
  return (
    <>
      <Badge tone={tone}>
        <Lamp tone={tone} />
        {text[state]}
      </Badge>
      {state === 'spent' && spentUntil !== null && (
        <span className="text-soft text-xs">
          <Countdown untilAtMs={Date.parse(spentUntil)} words={text.backIn} />
        </span>
      )}
    </>
  );
}

function Particulars({ account }: { readonly account: AccountView }): ReactElement {
  const text = useMessages(accountMessages);
  const format = useFormat();
  const { name, email, id, priority, ownProxy, tokenEndsAt, state } = account;
  const isUsed = state === 'active' && tokenEndsAt !== null;
  const login = isUsed ? text.loginUntil(format.dateTime(Date.parse(tokenEndsAt))) : undefined;
  return (
    <p className="flex flex-wrap gap-x-3 gap-y-0.5 text-faint text-xs" title={login}>
      {name !== null && email !== null && <span className="min-w-0 break-all">{email}</span>}
      <span className="font-mono">{id}</span>
      <span>{text.priority(format.integer(priority))}</span>
      {ownProxy && <span title={text.ownProxyHint}>{text.ownProxy}</span>}
    </p>
  );
}

/** What is wrong with the login, and what mends it. */
function Trouble({ account }: { readonly account: AccountView }): ReactElement | null {
  const text = useMessages(accountMessages);
  const { state, note, remedy } = account;
  if (state !== 'invalid' && state !== 'expired') return null;
  return (
    <div className="flex min-w-0 flex-col items-start gap-1 text-soft text-xs">
      {note !== null && <p className="min-w-0 break-words">{note}</p>}
      {state === 'expired' && <p>{text.expiredHint}</p>}
      {needsLogin(account) && remedy !== null && (
        <div className="flex max-w-full flex-wrap items-center gap-x-2 gap-y-1">
          <span>{text.mend}</span>
          <CommandLine command={remedy} />
        </div>
      )}
    </div>
  );
}

/** What stands against the account besides its login: a provider that limits or fails. */
function Standings({ account, used, nowMs, full = false }: AccountRowProps): ReactElement | null {
  if (used === undefined || account.state !== 'active') return null;
  const verdict = keyVerdict(used, nowMs);
  if (verdict.condition === 'well' || verdict.condition === 'off') return null;
  const own = used.standings.filter(({ scope }) => full || scope !== 'upstream');
  const told = full ? own : verdict.because === undefined ? [] : [verdict.because];
  return (
    <div className="flex flex-col gap-1 text-soft text-xs">
      <span className="flex flex-wrap items-center gap-2">
        <VerdictBadge verdict={verdict} />
        <VerdictCountdown verdict={verdict} />
      </span>
      <ul className="flex flex-col gap-1">
        {told.map((standing) => (
          <li key={`${standing.scope} ${standing.model ?? ''}`} className={full ? '' : 'line-clamp-2'}>
            <Reason standing={standing} full={full} />
          </li>
        ))}
      </ul>
    </div>
  );
}
