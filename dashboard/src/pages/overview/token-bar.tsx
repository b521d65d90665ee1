// All tokens of a period as one bar: what was new, what a prompt cache knew, what came back.

import type { ReactElement } from 'react';
import type { TotalsView } from '../../../../server/src/admin/contract.ts';
import { type ChartColour, swatches } from '../../charts/palette.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { classes } from '../../ui/classes.ts';
import { overviewMessages } from './messages.ts';
import { allTokens } from './totals.ts';

/** The bar with the numbers of its parts. */
export function TokenBar({ totals }: { readonly totals: TotalsView }): ReactElement {
  const text = useMessages(overviewMessages);
  const format = useFormat();
  const { tokens } = totals;
  const all = allTokens(totals);
  const parts: readonly (readonly [label: string, count: number, colour: ChartColour])[] = [
    [text.inputNew, tokens.inputUncached + tokens.inputAudio, 'series-2'],
    [text.cacheRead, tokens.cacheRead, 'series-7'],
    [text.cacheWrite, tokens.cacheWrite, 'series-4'],
    [text.output, tokens.outputText + tokens.outputAudio, 'series-1'],
    [text.reasoning, tokens.outputReasoning, 'series-3'],
  ];
  return (
    <div className="pt-1">
      <div aria-hidden="true" className="flex h-2 gap-px overflow-hidden rounded-full bg-sunken">
        {parts.map(([label, count, colour]) =>
          count === 0 ? null : (
            <div key={label} className={swatches[colour]} style={{ width: `${(count / all) * 100}%` }} />
          ),
        )}
      </div>
      <dl className="mt-2 grid grid-cols-2 gap-x-4 gap-y-0.5 sm:grid-cols-3 md:grid-cols-5 xl:grid-cols-3">
        {parts.map(([label, count, colour]) => (
          <div key={label} className="flex min-w-0 items-center gap-1.5">
            <span aria-hidden="true" className={classes('size-2 shrink-0 rounded-[2px]', swatches[colour])} />
            <dt className="truncate">{label}</dt>
            <dd className="ml-auto text-soft tabular-nums">{format.compact(count)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
