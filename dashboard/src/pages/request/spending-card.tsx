// Tokens and money of a request, part by part, and how far they are to be trusted.

import type { ReactElement } from 'react';
import type { ExchangeView } from '../../../../server/src/admin/contract.ts';
import { type Format, useFormat } from '../../language/format.ts';
import { type Translated, useMessages } from '../../language/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Facts } from '../../ui/facts.tsx';
import { tokensOf } from '../requests/tokens.ts';
import { billedAttempts, type SpentPart, spendingOf } from './spending.ts';
import { spendingMessages } from './spending-messages.ts';

type Words = Translated<(typeof spendingMessages)['en']>;

/** The card. */
export function SpendingCard({ view }: { readonly view: ExchangeView }): ReactElement {
  const text = useMessages(spendingMessages);
  const format = useFormat();
  const rows = spendingOf(view);
  const { cost } = view;
  return (
    <Card
      title={text.title}
      flush
      {...(cost !== undefined && cost.state !== 'exact'
        ? {
            actions: (
              <Badge tone="caution">
                {cost.state === 'unpriced' ? text.unpricedShort : text.estimatedShort}
              </Badge>
            ),
          }
        : {})}
    >
      {rows.length === 0 ? (
        <p className="px-4 pb-3 text-faint text-sm">{text.none}</p>
      ) : (
        <Parts rows={rows} view={view} />
      )}
      <div className="flex flex-col gap-2 px-4 pt-3 pb-4">
        {trustOf(view, text).map((sentence) => (
          <p key={sentence} className="text-faint text-xs">
            {sentence}
          </p>
        ))}
        <Facts facts={factsOf(view, text, format)} />
      </div>
    </Card>
  );
}

const numberLook = 'whitespace-nowrap px-3 py-1.5 text-right tabular-nums';

function Parts({
  rows,
  view,
}: {
  readonly rows: readonly SpentPart[];
  readonly view: ExchangeView;
}): ReactElement {
  const text = useMessages(spendingMessages);
  const format = useFormat();
  const { cost } = view;
  const tokens = tokensOf(view.usage);
  const total = cost === undefined || cost.state === 'unpriced' ? undefined : cost.totalNanoUsd;
  return (
    <section
      aria-label={text.title}
      className="overflow-x-auto"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
      tabIndex={0}
    >
      <table className="w-full border-collapse text-sm">
        <thead>
          <tr className="border-line border-b text-left text-faint text-xs">
            <th scope="col" className="px-4 py-1.5 font-medium">
              {text.part}
            </th>
            <Heading words={text.tokens} />
            <Heading words={text.rate} />
            <Heading words={text.money} />
            <Heading words={text.share} />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <PartRow key={row.part} row={row} />
          ))}
        </tbody>
        <tfoot>
          <tr className="border-line-strong border-t font-medium">
            <th scope="row" className="px-4 py-1.5 text-left font-medium">
              {text.total}
            </th>
            <td className={numberLook}>
              {format.integer(tokens === undefined ? undefined : tokens.input + tokens.output)}
            </td>
            <td className={`${numberLook} max-sm:hidden`} />
            <td className={numberLook}>{format.money(total)}</td>
            <td className={`${numberLook} pr-4 max-sm:hidden`} />
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

function Heading({ words }: { readonly words: string }): ReactElement {
  const text = useMessages(spendingMessages);
  const isLess = words === text.rate || words === text.share;
  return (
    <th
      scope="col"
      className={`whitespace-nowrap px-3 py-1.5 text-right font-medium last:pr-4 ${isLess ? 'max-sm:hidden' : ''}`}
    >
      {words}
    </th>
  );
}

function PartRow({ row }: { readonly row: SpentPart }): ReactElement {
  const text = useMessages(spendingMessages);
  const format = useFormat();
  return (
    <tr className="border-line border-b">
      <th scope="row" className="px-4 py-1.5 text-left font-normal">
        {text[row.part]}
      </th>
      <td className={numberLook}>{format.integer(row.tokens)}</td>
      <td className={`${numberLook} text-faint max-sm:hidden`}>{format.money(row.perMillionNanoUsd)}</td>
      <td className={numberLook}>{format.money(row.nanoUsd)}</td>
      <td className={`${numberLook} pr-4 text-faint max-sm:hidden`}>{format.percent(row.share, 0)}</td>
    </tr>
  );
}

/** How far the numbers are to be trusted. */
function trustOf({ cost, usage, usageEstimated }: ExchangeView, text: Words): readonly string[] {
  return [
    ...(cost === undefined ? [] : [text[cost.state]]),
    ...(usageEstimated === true ? [text.usageEstimated] : []),
    ...(usage?.clamped === true ? [text.clamped] : []),
  ];
}

function factsOf(view: ExchangeView, text: Words, format: Format): Parameters<typeof Facts>[0]['facts'] {
  const { cost, usage, savedNanoUsd, tries } = view;
  const { serviceTier, webSearches, outputImageTokens } = usage?.extras ?? {};
  const input = usage?.input;
  const hasWrites =
    input !== undefined && input.cacheWrite5m + input.cacheWrite1h + input.cacheWriteOther > 0;
  const billed = billedAttempts(tries);
  return [
    cost === undefined || cost.priceRow === ''
      ? undefined
      : [
          text.price,
          <code key="price" className="break-all font-mono text-xs">
            {cost.priceRow}
          </code>,
        ],
    serviceTier === undefined ? undefined : [text.tier, serviceTier],
    webSearches === undefined ? undefined : [text.searches, format.integer(webSearches)],
    outputImageTokens === undefined ? undefined : [text.pictures, format.integer(outputImageTokens)],
    hasWrites
      ? [
          text.lifetimes,
          text.lifetimesOf(
            format.integer(input.cacheWrite5m),
            format.integer(input.cacheWrite1h),
            format.integer(input.cacheWriteOther),
          ),
        ]
      : undefined,
    billed.length > 1
      ? [
          text.perAttempt,
          billed.map((one) => `${one.ordinal}: ${format.money(one.cost?.totalNanoUsd)}`).join(' · '),
        ]
      : undefined,
    savedNanoUsd !== undefined && savedNanoUsd > 0
      ? [text.saved, text.savedHint(format.money(savedNanoUsd))]
      : undefined,
  ];
}
