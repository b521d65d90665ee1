// What the conversion of a request lost, and where it stood.

import type { ReactElement } from 'react';
import type { CaptureRecord, ExchangeView, LossView } from '../../../../server/src/admin/contract.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Code } from '../../ui/code.tsx';
import { formatName, isConverted } from './kept.ts';
import { isAction, type LossRow, mergedLosses, toldLosses } from './losses.ts';
import { spendingMessages } from './spending-messages.ts';

const TONES: Readonly<Record<string, Tone>> = { hint: 'calm', quality: 'caution', semantic: 'bad' };

interface LossesCardProps {
  readonly view: ExchangeView;
  readonly kept: CaptureRecord | undefined;
  /** Losses in full, where the request was captured. */
  readonly conversion: readonly LossView[] | undefined;
}

/** The card; nothing where nothing was lost. */
export function LossesCard({ view, kept, conversion }: LossesCardProps): ReactElement | null {
  const text = useMessages(spendingMessages);
  const format = useFormat();
  const { rows, more } = mergedLosses(
    toldLosses(kept?.outcome.losses ?? view.losses ?? ''),
    conversion ?? [],
  );
  if (rows.length === 0 && more === 0) return null;
  const { dialectIn = '', dialectOut = '' } = view;
  const from = isConverted(view) ? text.lossesHint(formatName(dialectIn), formatName(dialectOut)) : '';
  return (
    <Card
      title={text.losses}
      hint={`${from} ${conversion === undefined ? text.lossesShort : text.lossesNow}`.trim()}
    >
      <ul className="flex flex-col gap-2.5">
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes its order.
          <Loss key={index} row={row} />
        ))}
      </ul>
      {more > 0 && <p className="mt-2 text-faint text-sm">{text.moreLosses(format.integer(more))}</p>}
    </Card>
  );
}

function Loss({ row }: { readonly row: LossRow }): ReactElement {
  const text = useMessages(spendingMessages);
  const { feature, action, path, severity, note } = row;
  const weight =
    severity === 'hint' || severity === 'quality' || severity === 'semantic'
      ? text[`severity_${severity}`]
      : undefined;
  return (
    <li className="flex flex-col gap-0.5 text-sm">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Code>{path ?? feature}</Code>
        <span className="text-soft">{isAction(action) ? text[`action_${action}`] : action}</span>
        {severity !== undefined && <Badge tone={TONES[severity] ?? 'calm'}>{weight ?? severity}</Badge>}
      </span>
      {note !== undefined && <span className="text-faint text-xs">{note}</span>}
    </li>
  );
}
