// The four messages of an exchange side by side: what the client asked, what the upstream was asked, what it answered, and
// what the client was answered. Marked is where the two requests differ, and what the conversion lost.

import { type ReactElement, useMemo, useState } from 'react';
import type { CaptureRecord, LossView } from '../../../../../server/src/admin/contract.ts';
import { useMessages } from '../../../language/messages.ts';
import { Card } from '../../../ui/card.tsx';
import { classes } from '../../../ui/classes.ts';
import { SelectField } from '../../../ui/field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { actionMessages } from '../action-messages.ts';
import type { Marks } from './body-text.tsx';
import { differencesOf, lossesByLine } from './marks.ts';
import { MessagePane } from './message-pane.tsx';
import { PANES, type PaneId, panesOf } from './panes.ts';

/** Where more of the lines differ, another format was written: each of them coloured would be a wall. */
const LOUD_SHARE = 0.4;

interface BodiesCardProps {
  readonly kept: CaptureRecord;
  readonly conversion: readonly LossView[] | undefined;
}

/** The card. */
export function BodiesCard({ kept, conversion }: BodiesCardProps): ReactElement {
  const text = useMessages(actionMessages);
  const { attempts } = kept;
  const usual = (attempts.find(({ end }) => end === 'answered') ?? attempts.at(-1))?.ordinal;
  const [chosen, setChosen] = useState<number | undefined>();
  const [tab, setTab] = useState<PaneId>('clientRequest');
  const attempt = attempts.find(({ ordinal }) => ordinal === (chosen ?? usual));
  const panes = useMemo(() => panesOf(kept, attempt), [kept, attempt]);
  const marks = useMemo(() => marksOf(panes, conversion), [panes, conversion]);
  const absent: Readonly<Record<PaneId, string>> = {
    clientRequest: text.notKept,
    upstreamRequest: attempt === undefined ? text.notAsked : text.notKept,
    upstreamAnswer: attempt === undefined ? text.notAsked : text.neverAnswered,
    clientAnswer: text.notKept,
  };
  const hasOnly = (marks.upstreamRequest?.only?.size ?? 0) + (marks.clientRequest?.only?.size ?? 0) > 0;
  const hasLosses = (marks.clientRequest?.losses?.size ?? 0) > 0;
  const hint = [
    kept.kind === 'capture' ? text.bodiesHint : text.bodiesError,
    ...(hasOnly ? [text.marksHint] : []),
    ...(hasLosses ? [text.marksLoss] : []),
  ].join(' ');
  return (
    <Card
      title={text.bodies}
      hint={hint}
      actions={
        attempts.length > 1 && (
          <SelectField
            label={text.ofAttempt}
            labelHidden
            value={attempt?.ordinal}
            onChange={(event) => setChosen(Number(event.target.value))}
          >
            {attempts.map(({ ordinal, upstreamId }) => (
              <option
                key={ordinal}
                value={ordinal}
              >{`${text.ofAttempt} ${ordinal} · ${upstreamId ?? ''}`}</option>
            ))}
          </SelectField>
        )
      }
    >
      <Segmented
        label={text.which}
        value={tab}
        options={PANES.map((id) => ({ value: id, label: text[id] }))}
        onChange={setTab}
        className="mb-3 lg:hidden"
      />
      <div className="grid gap-4 lg:grid-cols-2">
        {PANES.map((id) => (
          <div key={id} className={classes('min-w-0', id !== tab && 'max-lg:hidden')}>
            <MessagePane title={text[id]} pane={panes[id]} absent={absent[id]} marks={marks[id] ?? {}} />
          </div>
        ))}
      </div>
    </Card>
  );
}

type PaneMarks = Readonly<Partial<Record<PaneId, Marks>>>;

function marksOf(
  { clientRequest, upstreamRequest }: ReturnType<typeof panesOf>,
  conversion: readonly LossView[] | undefined,
): PaneMarks {
  if (clientRequest?.kind !== 'json') return {};
  const losses = lossesByLine(clientRequest.lines, conversion ?? []);
  if (upstreamRequest?.kind !== 'json') return { clientRequest: { losses } };
  const { left, right } = differencesOf(clientRequest.lines, upstreamRequest.lines);
  const quiet = left.size > clientRequest.lines.length * LOUD_SHARE;
  return { clientRequest: { only: left, losses, quiet }, upstreamRequest: { only: right, quiet } };
}
