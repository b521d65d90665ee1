// One key: its name and end, how it stands, what it does now, and what is used of its limits.

import type { ReactElement } from 'react';
import type { KeyView } from '../../../../server/src/admin/contract.ts';
import { useMessages } from '../../language/messages.ts';
import { KeyFigures } from './key-figures.tsx';
import { keyLabel } from './key-label.ts';
import { KeyMenu } from './key-menu.tsx';
import { KeyQuota } from './key-quota.tsx';
import { upstreamMessages } from './messages.ts';
import { keyVerdict } from './standing.ts';
import { Reason, VerdictBadge, VerdictCountdown } from './verdict-words.tsx';

interface KeyRowProps {
  readonly value: KeyView;
  /** By the gateway's clock, when it was heard of. */
  readonly nowMs: number;
  /** All that is known, instead of what matters most. */
  readonly full?: boolean;
}

/** The row, as an item of a list. */
export function KeyRow({ value, nowMs, full = false }: KeyRowProps): ReactElement {
  const text = useMessages(upstreamMessages);
  const verdict = keyVerdict(value, nowMs);
  const told = value.standings.filter(({ scope }) => full || scope !== 'upstream');
  const reasons = full ? told : verdict.because === undefined ? [] : [verdict.because];
  const isKeyless = value.last4 === '';
  return (
    <li className="flex flex-col gap-1.5 border-line border-t py-2 first:border-t-0">
      <div className="flex min-h-6 flex-wrap items-center gap-x-2 gap-y-1">
        <span className="min-w-0 truncate font-medium text-sm">
          {isKeyless ? text.noKeys : keyLabel(value)}
        </span>
        {!isKeyless && value.name !== undefined && (
          <span className="font-mono text-faint text-xs" title={text.keyEnd(value.last4)}>
            …{value.last4}
          </span>
        )}
        <VerdictBadge verdict={verdict} />
        <span className="text-soft text-xs">
          <VerdictCountdown verdict={verdict} />
        </span>
        <span className="ml-auto flex items-center gap-3">
          <KeyFigures value={value} nowMs={nowMs} />
          <KeyMenu value={value} />
        </span>
      </div>
      {reasons.length > 0 && (
        <ul className="flex flex-col gap-1 text-soft text-xs">
          {reasons.map((standing) => (
            <li key={`${standing.scope} ${standing.model ?? ''}`} className={full ? '' : 'line-clamp-2'}>
              <Reason standing={standing} full={full} />
            </li>
          ))}
        </ul>
      )}
      <KeyQuota value={value} name={keyLabel(value)} {...(full ? {} : { most: 2 })} />
    </li>
  );
}
