// What is known about an answer besides its text: times as measured here, tokens as the answer tells them, and what the
// gateway says in its headers and in the ledger.

import type { ReactElement, ReactNode } from 'react';
import { useEffect, useState } from 'react';
import type { ExchangeView } from '../../../../../server/src/admin/contract.ts';
import { useAsk } from '../../../api/queries.ts';
import { type Format, useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { playgroundMessages } from '../messages.ts';
import type { ReplyUsage } from '../reply/reply.ts';
import { headerOf, isRunning, type Run, tokensPerSecond } from '../state/run.ts';

const LEDGER_EVERY_MS = 700;

/** The exchange as the ledger has it, once it is closed. */
function useLedger(run: Run): ExchangeView | undefined {
  const id = headerOf(run, 'x-sluice-request-id');
  const [closed, setClosed] = useState<string | undefined>();
  const { data } = useAsk<ExchangeView>(
    `/exchanges/${encodeURIComponent(id ?? '')}`,
    {},
    {
      enabled: id !== undefined && !isRunning(run),
      everyMs: closed === id ? false : LEDGER_EVERY_MS,
      keep: false,
    },
  );
  const isClosed = data !== undefined && data.state !== 'open';
  useEffect(() => {
    if (isClosed) setClosed(id);
  }, [isClosed, id]);
  return isClosed ? data : undefined;
}

/** What the ledger has counted, for answers that do not tell. */
function usageIn(ledger: ExchangeView | undefined): ReplyUsage | undefined {
  const usage = ledger?.usage;
  if (usage === undefined) return undefined;
  const { uncached, cacheRead, cacheWrite5m, cacheWrite1h, cacheWriteOther, audio } = usage.input;
  const { text, reasoning, audio: spoken } = usage.output;
  return {
    input: uncached + cacheRead + cacheWrite5m + cacheWrite1h + cacheWriteOther + audio,
    cacheRead,
    output: text + reasoning + spoken + (usage.extras?.outputImageTokens ?? 0),
    reasoning,
  };
}

/** The facts, side by side. */
export function AnswerFacts({ run }: { readonly run: Run }): ReactElement {
  const text = useMessages(playgroundMessages);
  const format = useFormat();
  const ledger = useLedger(run);
  const usage = run.reply.usage ?? usageIn(ledger);
  const rate = tokensPerSecond(run, usage);
  const lost = headerOf(run, 'x-sluice-loss');
  const cache = headerOf(run, 'x-sluice-cache');
  return (
    <div className="flex flex-col gap-2">
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-3">
        <Fact name={text.firstOutput}>{format.duration(run.firstOutputMs)}</Fact>
        <Fact name={text.duration}>{format.duration(run.endMs)}</Fact>
        <Fact name={text.rate}>{rate === undefined ? '–' : text.perSecond(format.decimal(rate))}</Fact>
        <Fact name={text.tokens}>
          <Tokens usage={usage} format={format} />
        </Fact>
        <Fact name={text.cost}>
          <Cost ledger={ledger} format={format} />
        </Fact>
        <Fact name={text.stopReason}>{run.reply.stop ?? '–'}</Fact>
        <ServedBy run={run} />
        {cache !== undefined && <Fact name={text.cache}>{cache}</Fact>}
        {lost !== undefined && (
          <Fact name={text.losses} isWide>
            {lost}
          </Fact>
        )}
      </dl>
      <p className="text-2xs text-faint">{text.measured}</p>
    </div>
  );
}

interface FactProps {
  readonly name: string;
  readonly children: ReactNode;
  readonly isWide?: boolean;
}

function Fact({ name, children, isWide = false }: FactProps): ReactElement {
  return (
    <div className={isWide ? 'col-span-full min-w-0' : 'min-w-0'}>
      <dt className="text-2xs text-faint">{name}</dt>
      <dd className="break-words text-sm tabular-nums">{children}</dd>
    </div>
  );
}

function Tokens({
  usage,
  format,
}: {
  readonly usage: ReplyUsage | undefined;
  readonly format: Format;
}): ReactElement {
  const text = useMessages(playgroundMessages);
  if (usage === undefined) return <>–</>;
  const { input, output, cacheRead, reasoning } = usage;
  const parts = [
    ...(cacheRead > 0 ? [text.cached(format.integer(cacheRead))] : []),
    ...(reasoning > 0 ? [text.ofReasoning(format.integer(reasoning))] : []),
  ];
  return (
    <>
      {text.tokensOf(format.integer(input), format.integer(output))}
      {parts.length > 0 && <span className="block text-2xs text-faint">{parts.join(' · ')}</span>}
    </>
  );
}

function Cost({
  ledger,
  format,
}: {
  readonly ledger: ExchangeView | undefined;
  readonly format: Format;
}): ReactElement {
  const text = useMessages(playgroundMessages);
  const cost = ledger?.cost;
  if (cost === undefined) return <>–</>;
  if (cost.state === 'unpriced') return <span className="text-faint">{text.unpriced}</span>;
  return (
    <>
      {format.money(cost.totalNanoUsd)}
      {cost.state === 'estimated' && <span className="block text-2xs text-faint">{text.estimated}</span>}
    </>
  );
}

function ServedBy({ run }: { readonly run: Run }): ReactElement | null {
  const text = useMessages(playgroundMessages);
  const upstream = headerOf(run, 'x-sluice-upstream');
  if (upstream === undefined) return null;
  const attempts = Number(headerOf(run, 'x-sluice-attempts') ?? '1');
  const model = headerOf(run, 'x-sluice-model') ?? run.reply.model;
  const words = [upstream, model, text.attempts(attempts)].filter((word) => word !== undefined);
  return (
    <Fact name={text.servedBy} isWide>
      {words.join(' · ')}
    </Fact>
  );
}
