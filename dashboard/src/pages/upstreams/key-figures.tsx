// What a key or account does now, in a few figures.

import type { ReactElement } from 'react';
import type { KeyView } from '../../../../server/src/admin/contract.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { upstreamMessages } from './messages.ts';

interface KeyFiguresProps {
  readonly value: KeyView;
  /** By the gateway's clock, when it was heard of. */
  readonly nowMs: number;
}

/** In flight, time to the first output, last use. */
export function KeyFigures({ value, nowMs }: KeyFiguresProps): ReactElement {
  const text = useMessages(upstreamMessages);
  const format = useFormat();
  const { inFlight, ttftMs, lastUsedAtMs } = value;
  return (
    <span className="flex items-center gap-3 whitespace-nowrap text-faint text-xs tabular-nums">
      {inFlight > 0 && <span className="text-water">{text.nowServing(format.integer(inFlight))}</span>}
      {ttftMs !== undefined && <span title={text.ttft}>{format.duration(ttftMs)}</span>}
      <span className="hidden sm:inline">
        {lastUsedAtMs === undefined
          ? text.neverUsed
          : text.lastUsed(format.ago(Math.min(lastUsedAtMs, nowMs), nowMs))}
      </span>
    </span>
  );
}
