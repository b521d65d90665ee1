// How an upstream or key stands, in words: a badge, the reason, and when it is back.

import type { ReactElement } from 'react';
import type { StandingView } from '../../../../server/src/admin/contract.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge, Lamp } from '../../ui/badge.tsx';
import { Countdown } from './clock.tsx';
import { upstreamMessages } from './messages.ts';
import { TONES, type Verdict } from './standing.ts';

/** The word with its colour. */
export function VerdictBadge({ verdict }: { readonly verdict: Verdict }): ReactElement {
  const text = useMessages(upstreamMessages);
  const tone = TONES[verdict.condition];
  return (
    <Badge tone={tone}>
      <Lamp tone={tone} />
      {text[verdict.condition]}
    </Badge>
  );
}

/** "back in 42 s"; nothing where no time is known. */
export function VerdictCountdown({ verdict }: { readonly verdict: Verdict }): ReactElement | null {
  const text = useMessages(upstreamMessages);
  const { untilAtMs, condition, because } = verdict;
  if (untilAtMs === undefined) return null;
  const isTried = condition === 'failing' || condition === 'refused' || because?.state === 'quarantined';
  return <Countdown untilAtMs={untilAtMs} words={isTried ? text.tryIn : text.backIn} />;
}

/** The sentence, with the model that it is about and what the provider itself said. */
export function Reason({
  standing,
  full = false,
}: {
  readonly standing: StandingView;
  readonly full?: boolean;
}): ReactElement {
  const text = useMessages(upstreamMessages);
  const { model, why, message } = standing;
  return (
    <span className="min-w-0 break-words" title={full ? undefined : message}>
      {model !== undefined && <span className="font-mono text-[0.95em]">{text.ofModel(model)} </span>}
      {why}
      {full && message !== undefined && <q className="ml-1 text-faint">{message}</q>}
    </span>
  );
}
