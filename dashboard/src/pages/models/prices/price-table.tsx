// A price with everything that it says: the usual rates, those of long requests and of service tiers.

import type { ReactElement } from 'react';
import type { RatesView, ShownPriceView } from '../../../../../server/src/admin/contract.ts';
import { useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { Badge } from '../../../ui/badge.tsx';
import { RATE_KINDS } from './entry.ts';
import { type PriceText, priceMessages } from './messages.ts';
import { OriginBadge } from './origin-badge.tsx';
import { rateWords } from './rate-words.ts';

/** The price. */
export function PriceTable({ price }: { readonly price: ShownPriceView }): ReactElement {
  const text = useMessages(priceMessages);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <p className="flex flex-wrap items-center gap-2 text-faint text-xs">
        <OriginBadge origin={price.origin} />
        {price.incomplete && (
          <Badge tone="caution" title={text.incompleteHint}>
            {text.incomplete}
          </Badge>
        )}
        <code className="break-all font-mono">{price.id}</code>
      </p>
      <RateTable price={price} />
    </div>
  );
}

/** The rates, one row for each kind and one column for each case. */
export function RateTable({ price }: { readonly price: ShownPriceView }): ReactElement {
  const text = useMessages(priceMessages);
  const format = useFormat();
  const cases: readonly (readonly [name: string, rates: RatesView, hint?: string])[] = [
    ['', price.rates],
    ...price.tiers.map(({ aboveInputTokens, rates, whole }) => {
      const hint = whole ? text.wholeHint : text.partHint;
      return [text.above(format.compact(aboveInputTokens)), rates, hint] as const;
    }),
    ...Object.entries(price.serviceTiers),
  ];
  const kinds = RATE_KINDS.filter((kind) => cases.some(([, rates]) => rates[kind] !== undefined));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
    <section aria-label={text.title} tabIndex={0} className="overflow-x-auto">
      <table className="w-full text-xs tabular-nums">
        {cases.length > 1 && (
          <thead>
            <tr className="border-line border-b text-faint">
              <th scope="col" className="py-1 pr-3 text-left font-normal">
                <span className="sr-only">{text.title}</span>
              </th>
              {cases.map(([name, , hint]) => (
                <th
                  key={name}
                  scope="col"
                  title={hint}
                  className="whitespace-nowrap px-2 py-1 text-right font-normal last:pr-0"
                >
                  {name === '' ? text.usual : name}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {kinds.map((kind) => (
            <tr key={kind} className="border-line border-b last:border-b-0">
              <th scope="row" className="whitespace-nowrap py-1 pr-3 text-left font-normal text-soft">
                {text[kind]}
              </th>
              {cases.map(([name, rates]) => (
                <td key={name} className="px-2 py-1 text-right last:pr-0">
                  {rates[kind] === undefined ? (
                    <span className="text-faint">{fallbackWords(kind, text)}</span>
                  ) : (
                    rateWords(rates[kind])
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What a kind costs that has no rate of its own. */
export function fallbackWords(kind: (typeof RATE_KINDS)[number], text: PriceText): string {
  switch (kind) {
    case 'input':
    case 'output':
      return '';
    case 'cacheRead':
    case 'cacheWrite5m':
    case 'inputAudio':
      return text.asInput;
    case 'cacheWrite1h':
      return text.asWrite5m;
    case 'reasoning':
    case 'outputAudio':
    case 'outputImage':
      return text.asOutput;
    case 'webSearch':
    case 'request':
      return text.nothing;
  }
}
