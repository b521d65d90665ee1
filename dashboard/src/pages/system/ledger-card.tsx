// The ledger: how much stands in it, how large it is, and whether anything was lost.

import type { ReactElement } from 'react';
import type { Status } from '../../../../server/src/admin/contract.ts';
import { UNKNOWN, useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Card } from '../../ui/card.tsx';
import { type Figure, Figures } from '../../ui/figures.tsx';
import { systemMessages } from './messages.ts';

/** The card. */
export function LedgerCard({ status }: { readonly status: Status }): ReactElement {
  const text = useMessages(systemMessages);
  const format = useFormat();
  const { storage } = status;
  const figures = useLedgerFigures(status);
  return (
    <Card title={text.ledger} hint={text.ledgerHint}>
      {figures.length === 0 ? (
        <p className="text-faint text-sm">{text.noLedger}</p>
      ) : (
        <div className="flex flex-col gap-3">
          <Figures figures={figures} />
          {storage !== null && storage.summedPart < 1 && (
            <p role="status" className="text-caution text-sm">
              {text.summing(format.percent(storage.summedPart, 0))}
            </p>
          )}
        </div>
      )}
    </Card>
  );
}

function useLedgerFigures({ storage, ledger }: Status): readonly Figure[] {
  const text = useMessages(systemMessages);
  const format = useFormat();
  const moment = (name: string, ms: number | null): Figure =>
    ms === null ? { name, value: UNKNOWN } : { name, value: format.date(ms), hint: format.time(ms) };
  const kept: readonly Figure[] =
    storage === null
      ? []
      : [
          { name: text.rows, value: format.compact(storage.rows) },
          {
            name: text.size,
            value: format.bytes(storage.bytes),
            hint: text.free(format.bytes(storage.freeBytes)),
          },
          moment(text.oldest, storage.oldestMs),
          moment(text.newest, storage.newestMs),
        ];
  if (ledger === null) return kept;
  return [
    ...kept,
    { name: text.unwritten, value: format.integer(ledger.waiting) },
    {
      name: text.lost,
      value: format.integer(ledger.lost),
      ...(ledger.lost > 0 ? { tone: 'bad' as const } : {}),
    },
  ];
}
