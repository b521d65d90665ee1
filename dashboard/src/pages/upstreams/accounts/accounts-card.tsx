// The accounts of one upstream: in short within its card, and whole on its page, where they stand in the place of its keys.

import { Link } from '@tanstack/react-router';
import { RefreshCw, UserRound } from 'lucide-react';
import type { ReactElement } from 'react';
import type { AccountView } from '../../../../../server/src/admin/contract.ts';
import { usePeriod } from '../../../app/period.ts';
import { useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { Empty, Failure } from '../../../ui/states.tsx';
import type { Standing } from '../standing.ts';
import { accountsOf, shownAccounts, storingCommands } from './account.ts';
import { AccountRow } from './account-row.tsx';
import { CommandLines } from './command-line.tsx';
import { accountMessages } from './messages.ts';
import { useAccounts, useQuotaQuestion } from './questions.ts';

interface AccountsProps {
  readonly standing: Standing;
  /** By the gateway's clock, when it was heard of. */
  readonly nowMs: number;
}

const SHOWN = 4;

/** In a card of the list of upstreams. */
export function AccountsInShort({ standing, nowMs }: AccountsProps): ReactElement {
  const text = useMessages(accountMessages);
  const [period] = usePeriod();
  const { upstream, keys } = standing;
  const accounts = accountsOf(useAccounts(true), upstream.id);
  if (accounts.length === 0) return <NoAccounts standing={standing} />;
  const shown = shownAccounts(accounts, SHOWN);
  const left = accounts.length - shown.length;
  return (
    <div>
      <ul aria-label={text.accounts}>
        {shown.map((account) => (
          <AccountRow
            key={account.id}
            account={account}
            used={keys.find(({ keyId }) => keyId === account.id)}
            nowMs={nowMs}
          />
        ))}
      </ul>
      {left > 0 && (
        <Link
          to="/upstreams/$id"
          params={{ id: upstream.id }}
          search={period}
          className="text-water text-xs hover:underline"
        >
          {text.more(left)}
        </Link>
      )}
    </div>
  );
}

function NoAccounts({ standing }: Pick<AccountsProps, 'standing'>): ReactElement {
  const text = useMessages(accountMessages);
  const { id, accounts: kind = id } = standing.upstream;
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p className="text-soft">
        {text.none}. {text.noneHint}
      </p>
      <CommandLines commands={storingCommands(kind, id)} />
    </div>
  );
}

/** On the page of the upstream. */
export function AccountsCard({ standing, nowMs }: AccountsProps): ReactElement {
  const text = useMessages(accountMessages);
  const { upstream, keys } = standing;
  const { id, accounts: kind = id } = upstream;
  const accounts = accountsOf(useAccounts(true), id);
  const question = useQuotaQuestion(id);
  const isAsked = accounts.some(({ quota }) => quota !== undefined);
  const isInUse = accounts.some(({ state }) => state !== 'disabled');
  return (
    <Card
      title={text.accounts}
      hint={
        <>
          {text.accountsHint} <QuotaTold accounts={accounts} nowMs={nowMs} />
        </>
      }
      actions={
        isInUse && (
          <Button
            size="small"
            title={text.askHint}
            busy={question.isPending}
            onClick={() => question.mutate()}
          >
            <RefreshCw aria-hidden="true" className="size-3.5" />
            {isAsked ? text.askAgain : text.askQuota}
          </Button>
        )
      }
    >
      {question.error !== null && <Failure error={question.error} />}
      {accounts.length === 0 ? (
        <Empty
          icon={UserRound}
          title={text.none}
          action={<CommandLines commands={storingCommands(kind, id)} />}
        >
          {text.noneHint}
        </Empty>
      ) : (
        <ul aria-label={text.accounts}>
          {accounts.map((account) => (
            <AccountRow
              key={account.id}
              account={account}
              used={keys.find(({ keyId }) => keyId === account.id)}
              nowMs={nowMs}
              full
            />
          ))}
        </ul>
      )}
    </Card>
  );
}

/** When the oldest word on what is left was given. */
function QuotaTold({
  accounts,
  nowMs,
}: {
  readonly accounts: readonly AccountView[];
  readonly nowMs: number;
}): ReactElement | null {
  const text = useMessages(accountMessages);
  const format = useFormat();
  const told = accounts.flatMap(({ quota }) => (quota === undefined ? [] : Date.parse(quota.askedAt)));
  if (told.length === 0) return null;
  const oldestMs = Math.min(...told);
  return (
    <time dateTime={new Date(oldestMs).toISOString()} title={format.dateTime(oldestMs)}>
      {text.quotaTold(format.ago(Math.min(oldestMs, nowMs), nowMs))}
    </time>
  );
}

/** How an account comes to be, where no upstream has any. */
export function OtherLogins(): ReactElement {
  const text = useMessages(accountMessages);
  return (
    <section
      aria-label={text.accounts}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 px-1 text-faint text-sm"
    >
      <p>{text.others}</p>
      <CommandLines commands={['sluice accounts login codex', 'sluice accounts import kiro']} />
    </section>
  );
}
