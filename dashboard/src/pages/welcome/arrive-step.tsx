// Step 4: requests as they arrive, with what they cost and the way to look at them.

import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { useLive } from '../../live/live-events.ts';
import type { ClosedExchange } from '../../live/live-types.ts';
import { Badge } from '../../ui/badge.tsx';
import { welcomeMessages } from './messages.ts';
import { Step } from './step.tsx';

interface ArriveStepProps {
  /** Newest first. */
  readonly arrived: readonly ClosedExchange[];
}

/** The step. */
export function ArriveStep({ arrived }: ArriveStepProps): ReactElement {
  const text = useMessages(welcomeMessages);
  const { connection } = useLive();
  return (
    <Step place={4} title={text.arriveTitle} hint={text.arriveHint} isDone={arrived.length > 0}>
      {connection === 'lost' && <p className="text-caution text-sm">{text.arriveLost}</p>}
      {arrived.length === 0 ? (
        <p className="text-soft text-sm">{text.arriveNone}</p>
      ) : (
        <>
          <ul aria-label={text.arrived} aria-live="polite" className="flex flex-col">
            {arrived.map((exchange) => (
              <Arrived key={exchange.id} exchange={exchange} />
            ))}
          </ul>
          <p className="text-soft text-sm">{text.ready}</p>
        </>
      )}
    </Step>
  );
}

function Arrived({ exchange }: { readonly exchange: ClosedExchange }): ReactElement {
  const text = useMessages(welcomeMessages);
  const format = useFormat();
  const { id, atMs, status, client, modelServed, modelAsked, upstream, error, durationMs } = exchange;
  const isGood = error === undefined && status < 400;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-line border-t py-2 text-sm first:border-t-0">
      <time dateTime={new Date(atMs).toISOString()} className="text-faint text-xs tabular-nums">
        {format.time(atMs)}
      </time>
      <Badge tone={isGood ? 'good' : 'bad'}>{isGood ? status : `${status} ${error ?? ''}`}</Badge>
      <span className="min-w-0 break-all font-mono text-xs">{modelServed ?? modelAsked}</span>
      {upstream !== undefined && <span className="text-faint text-xs">→ {upstream}</span>}
      {client !== undefined && <span className="text-faint text-xs">{client}</span>}
      <span className="text-soft text-xs tabular-nums">{format.duration(durationMs)}</span>
      <Amounts exchange={exchange} />
      <Link to="/requests/$id" params={{ id }} className="ml-auto text-water text-xs hover:underline">
        {text.look}
      </Link>
    </li>
  );
}

function Amounts({ exchange }: { readonly exchange: ClosedExchange }): ReactElement {
  const text = useMessages(welcomeMessages);
  const format = useFormat();
  const { inputTokens, outputTokens, costNanoUsd, costState } = exchange;
  const cost =
    costState === 'unpriced'
      ? text.unpriced
      : costNanoUsd === undefined
        ? undefined
        : costNanoUsd === 0
          ? text.free
          : format.money(costNanoUsd);
  return (
    <>
      {(inputTokens !== undefined || outputTokens !== undefined) && (
        <span className="text-soft text-xs tabular-nums">
          {text.tokens(format.integer(inputTokens), format.integer(outputTokens))}
        </span>
      )}
      {cost !== undefined && <span className="font-medium text-xs tabular-nums">{cost}</span>}
    </>
  );
}
