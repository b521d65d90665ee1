// Chooses the stretch of time that a page is about.

import type { ReactElement } from 'react';
import type { Last } from '../../../server/src/admin/contract.ts';
import { appMessages } from '../app/messages.ts';
import { LASTS, usePeriod } from '../app/period.ts';
import { useFormat } from '../language/format.ts';
import { useMessages } from '../language/messages.ts';
import { inputLook } from './field.tsx';

/** The picker; the choice stands in the address. A stretch that was chosen in a chart is shown as one more option. */
export function PeriodPicker(): ReactElement {
  const text = useMessages(appMessages);
  const format = useFormat();
  const [period, choose] = usePeriod();
  const { from, to, last = '24h' } = period;
  const custom =
    from !== undefined && to !== undefined ? `${format.dateTime(from)} – ${format.dateTime(to)}` : undefined;
  return (
    <select
      aria-label={text.period}
      className={`${inputLook} w-auto! pr-8`}
      value={custom === undefined ? last : 'custom'}
      onChange={(event) => {
        const chosen = LASTS.find((one) => one === event.target.value);
        if (chosen !== undefined) choose({ last: chosen });
      }}
    >
      {custom !== undefined && <option value="custom">{custom}</option>}
      {LASTS.map((one) => (
        <option key={one} value={one}>
          {text.lastOf(lengthWords(one, text))}
        </option>
      ))}
    </select>
  );
}

interface Units {
  readonly minutes: (count: number) => string;
  readonly hours: (count: number) => string;
  readonly days: (count: number) => string;
}

function lengthWords(last: Last, { minutes, hours, days }: Units): string {
  const count = Number.parseInt(last, 10);
  if (last.endsWith('m')) return minutes(count);
  return last.endsWith('h') ? hours(count) : days(count);
}
