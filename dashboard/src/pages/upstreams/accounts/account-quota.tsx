// What is left of an account, by the word of its provider: bars with the time of their reset.

import type { ReactElement } from 'react';
import type { AccountView } from '../../../../../server/src/admin/contract.ts';
import { type Format, useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { Meter } from '../../../ui/meter.tsx';
import { accountLabel, type WindowNow, windowName, windowsOf } from './account.ts';
import { type AccountText, accountMessages } from './messages.ts';

interface AccountQuotaProps {
  readonly account: AccountView;
  /** By the gateway's clock, when it was heard of. */
  readonly nowMs: number;
  /** At most so many bars; the fullest. Nothing is said where nothing is known. */
  readonly most?: number;
}

/** The bars. */
export function AccountQuota({ account, nowMs, most }: AccountQuotaProps): ReactElement | null {
  const text = useMessages(accountMessages);
  const { quota, state } = account;
  if (quota === undefined)
    return most === undefined && state !== 'disabled' ? (
      <p className="text-faint text-xs">{text.quotaUnasked}</p>
    ) : null;
  if (quota.fault !== null)
    return (
      <p className="min-w-0 break-words text-caution text-xs">
        {text.quotaUnknown} {quota.fault}
      </p>
    );
  const windows = windowsOf(quota, nowMs, most);
  if (windows.length === 0) return <p className="text-faint text-xs">{text.quotaNone}</p>;
  return (
    <ul className="grid gap-x-5 gap-y-2 sm:grid-cols-2">
      {windows.map((one) => (
        <li key={one.window.name} className="min-w-0">
          <WindowBar now={one} nowMs={nowMs} name={accountLabel(account)} />
        </li>
      ))}
    </ul>
  );
}

interface WindowBarProps {
  readonly now: WindowNow;
  readonly nowMs: number;
  /** Of the account. */
  readonly name: string;
}

function WindowBar({ now, nowMs, name }: WindowBarProps): ReactElement {
  const text = useMessages(accountMessages);
  const format = useFormat();
  const { window, resetsAtMs, isOver } = now;
  const label = windowWords(window.name, text, format);
  const { used, limit, usedPercent } = window;
  const share = text.used(format.percent(usedPercent / 100));
  const counted =
    used === null || limit === null ? share : text.ofLimit(format.decimal(used), format.decimal(limit));
  const reset = resetWords(now, nowMs, text, format);
  return (
    <div title={resetsAtMs === undefined ? undefined : text.resetsAt(format.dateTime(resetsAtMs))}>
      <Meter
        label={reset === undefined ? label : `${label} · ${reset}`}
        name={text.meterName(name, label)}
        used={isOver ? 0 : usedPercent}
        limit={100}
        words={isOver ? text.quotaOver : counted}
      />
    </div>
  );
}

function windowWords(name: string, text: AccountText, format: Format): string {
  const known = windowName(name);
  switch (known.unit) {
    case 'minutes':
    case 'hours':
    case 'days':
      return text[known.unit](format.integer(known.count));
    case 'other':
      return known.name;
    default:
      return text[known.unit];
  }
}

const MINUTE_MS = 60_000;

/** To the minute: what is told here is no countdown. */
function resetWords(
  { resetsAtMs, isOver }: WindowNow,
  nowMs: number,
  text: AccountText,
  format: Format,
): string | undefined {
  if (resetsAtMs === undefined || isOver) return undefined;
  const minutes = Math.max(1, Math.round((resetsAtMs - nowMs) / MINUTE_MS));
  return text.resets(format.duration(minutes * MINUTE_MS));
}
