// What stands in the cells of a request, wherever requests are listed.

import { BrainCircuit, Repeat2, Shuffle } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { ExchangeRow } from '../../../../server/src/admin/contract.ts';
import type { PeriodSearch } from '../../app/period.ts';
import { type Format, UNKNOWN } from '../../language/format.ts';
import { Badge, Lamp } from '../../ui/badge.tsx';
import { classes } from '../../ui/classes.ts';
import { RowLink } from '../../ui/row-link.tsx';
import type { requestsMessages } from './messages.ts';
import { OUTCOME_TONES, outcomeOf } from './outcome.ts';
import { tokensOf } from './tokens.ts';

/** How things are said and written. */
export interface Wording {
  readonly text: (typeof requestsMessages)['en'];
  readonly format: Format;
}

/** The link of a row, over the whole of it. */
export function RequestLink({
  row,
  period,
  children,
}: {
  readonly row: { readonly id: string };
  readonly period: PeriodSearch;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <RowLink path={`/requests/${encodeURIComponent(row.id)}`} search={{ ...period }}>
      {children}
    </RowLink>
  );
}

/** The model that answered, beside the name that was asked for where that is another. */
export function ModelCell({ row, text }: { readonly row: ExchangeRow } & Wording): ReactElement {
  const { modelAsked, modelServed } = row;
  const name = modelServed ?? modelAsked;
  if (name === undefined) return <span className="text-faint">{row.route}</span>;
  const other = modelAsked !== undefined && modelAsked !== name ? modelAsked : undefined;
  return (
    <span title={other === undefined ? name : `${name}, ${text.asked(other)}`}>
      {name}
      {other !== undefined && <span className="text-faint"> ← {other}</span>}
    </span>
  );
}

function errorHint({ status, errorCode, errorMessage }: ExchangeRow): string | undefined {
  if (errorCode === undefined && errorMessage === undefined) return undefined;
  return [status, errorCode, errorMessage].filter((part) => part !== undefined).join(' · ');
}

/** How it ended, and beside it what is worth a look. The word gives way, the signs do not. */
export function OutcomeAndNotes({
  retries,
  ...of
}: { readonly row: ExchangeRow; readonly retries?: boolean } & Wording): ReactElement {
  return (
    <span className="flex items-center gap-2">
      <span className="min-w-0 truncate">
        <OutcomeCell {...of} />
      </span>
      <NotesCell {...of} {...(retries === undefined ? {} : { retries })} />
    </span>
  );
}

/** A lamp and a word; of an error its code. */
export function OutcomeCell({ row, text }: { readonly row: ExchangeRow } & Wording): ReactElement {
  const outcome = outcomeOf(row);
  const hint =
    outcome === 'left' ? text.leftHint : outcome === 'interrupted' ? text.interruptedHint : errorHint(row);
  const isBad = outcome === 'error';
  return (
    <span className="inline-flex max-w-full items-center gap-1.5 align-middle" title={hint}>
      <Lamp tone={OUTCOME_TONES[outcome]} />
      <span className={classes('truncate', isBad ? 'text-bad' : outcome === 'ok' ? 'text-soft' : 'text-ink')}>
        {isBad ? (row.errorCode ?? `${text.error} ${row.status ?? ''}`) : text[outcome]}
      </span>
    </span>
  );
}

/** Input tokens and the share of them that was cached. */
export function InputCell({ row, text, format }: { readonly row: ExchangeRow } & Wording): ReactElement {
  const tokens = tokensOf(row.usage);
  const share = tokens === undefined || tokens.input === 0 ? 0 : tokens.cached / tokens.input;
  return (
    <span title={share > 0 ? text.cached(format.percent(share, 0)) : undefined}>
      <SharedNumber share={share > 0 ? format.percent(share, 0) : undefined}>
        {format.compact(tokens?.input)}
      </SharedNumber>
    </span>
  );
}

/** A number that ends under its heading, after the share of it that a cache knew; both stand in line from row to row. */
export function SharedNumber({
  share,
  children,
}: {
  readonly share: string | undefined;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <>
      {share !== undefined && <span className="text-2xs text-water">{share}</span>}
      <span className="inline-block min-w-14 text-right">{children}</span>
    </>
  );
}

/** What it cost, or why that is not known. */
export function CostCell({ row, text, format }: { readonly row: ExchangeRow } & Wording): ReactElement {
  const { cost, savedNanoUsd } = row;
  if (cost === undefined) {
    const saved = savedNanoUsd === undefined ? undefined : text.saved(format.money(savedNanoUsd));
    return (
      <span className="text-faint" title={saved}>
        {UNKNOWN}
      </span>
    );
  }
  if (cost.state === 'unpriced') {
    return (
      <span className="text-caution text-xs" title={text.unpricedHint}>
        {text.unpriced}
      </span>
    );
  }
  const estimated = cost.state === 'estimated';
  return (
    <span title={estimated ? text.estimatedHint : undefined}>
      {estimated && '≈ '}
      {format.money(cost.totalNanoUsd)}
    </span>
  );
}

/** Signs of what is worth a look: answered from the cache, retried, losses, a lost prompt cache. */
export function NotesCell({
  row,
  text,
  format,
  retries = true,
}: {
  readonly row: ExchangeRow;
  readonly retries?: boolean;
} & Wording): ReactElement {
  const { attempts = 0, losses, promptCache, cache } = row;
  return (
    <span className="inline-flex shrink-0 items-center gap-1 align-middle">
      {cache === 'hit' && <Badge tone="water">{text.cacheHit}</Badge>}
      {cache === 'stale' && <Badge tone="caution">{text.cacheStale}</Badge>}
      {retries && attempts > 1 && (
        <Note sign={<Repeat2 className="size-3.5" />} words={text.retried(format.integer(attempts))}>
          {format.integer(attempts)}
        </Note>
      )}
      {losses !== undefined && (
        <Note sign={<Shuffle className="size-3.5" />} words={text.lossesHint(losses)} />
      )}
      {promptCache !== undefined && (
        <Note sign={<BrainCircuit className="size-3.5" />} words={text.promptCacheHint(promptCache)} />
      )}
    </span>
  );
}

function Note({
  sign,
  words,
  children,
}: {
  readonly sign: ReactElement;
  readonly words: string;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    // Above the link that covers the row, so that the tip of the sign is the one that appears.
    <span
      title={words}
      className="relative z-1 inline-flex h-5 items-center gap-1 rounded-md bg-caution-soft px-1 text-2xs text-caution"
    >
      <span aria-hidden="true">{sign}</span>
      {children}
      <span className="sr-only">{words}</span>
    </span>
  );
}
