// The attempts of a request: where the time went, and of each why it was made and how it ended.

import type { ReactElement } from 'react';
import type { CaptureRecord, ExchangeView } from '../../../../server/src/admin/contract.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { useKeyNames } from '../requests/key-names.ts';
import { attemptMessages } from './attempt-messages.ts';
import { causeWords, endWords, reasonWords } from './attempt-words.ts';
import { formatName } from './kept.ts';
import { type Bar, waterfallOf } from './waterfall/layout.ts';
import { WaterfallChart } from './waterfall/waterfall.tsx';

interface AttemptsCardProps {
  readonly view: ExchangeView;
  readonly kept: CaptureRecord | undefined;
}

/** The card. */
export function AttemptsCard({ view, kept }: AttemptsCardProps): ReactElement {
  const text = useMessages(attemptMessages);
  const waterfall = waterfallOf(view, kept?.attempts);
  const { bars } = waterfall;
  if (bars.length === 0) {
    const words = view.state === 'open' ? text.noneOpen : view.cache === 'hit' ? text.noneHit : text.none;
    return (
      <Card title={text.attempts}>
        <p className="text-faint text-sm">{words}</p>
      </Card>
    );
  }
  return (
    <Card title={text.attempts} hint={text.attemptsHint}>
      <WaterfallChart waterfall={waterfall} />
      <ol className="mt-4 flex flex-col gap-2 border-line border-t pt-3">
        {bars.map((bar) => (
          <Why key={bar.ordinal} bar={bar} />
        ))}
      </ol>
    </Card>
  );
}

/** One attempt in sentences. */
function Why({ bar }: { readonly bar: Bar }): ReactElement {
  const text = useMessages(attemptMessages);
  const format = useFormat();
  const keys = useKeyNames();
  const { ordinal, upstreamId, keyId, model, dialect, end, status, reason, upstreamRequestId } = bar;
  const key = keyId === undefined || keyId === 'k_none' ? undefined : (keys.get(keyId) ?? keyId);
  const facts = [model, dialect === undefined ? undefined : formatName(dialect)].filter(
    (fact) => fact !== undefined,
  );
  return (
    <li className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5 text-sm">
      <span className="w-4 text-faint tabular-nums">{format.integer(ordinal)}</span>
      <span className="font-medium">
        {upstreamId}
        {key !== undefined && <span className="font-normal text-faint"> / {key}</span>}
      </span>
      <span className="break-all text-faint text-xs">{facts.join(' · ')}</span>
      <Badge tone={end === 'answered' ? 'good' : end === 'lost' || end === 'left' ? 'calm' : 'bad'}>
        {endWords(end, text)}
        {status !== undefined && ` ${status}`}
      </Badge>
      <span className="basis-full pl-6 text-soft">
        {causeWords(bar.cause, text)}
        {end === 'lost' && ` ${text.lostHint}`}
        {reason !== undefined && end !== 'answered' && ` ${reasonWords(reason, text)}`}
      </span>
      {upstreamRequestId !== undefined && (
        <span className="flex basis-full items-center gap-1 pl-6 text-faint text-xs">
          {text.providerId}
          <span className="min-w-0 break-all font-mono">{upstreamRequestId}</span>
          <CopyButton text={upstreamRequestId} what={text.copyProviderId(format.integer(ordinal))} />
        </span>
      )}
    </li>
  );
}
