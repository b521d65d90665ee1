// Models that were used in the period of the page and have no price.

import { CircleCheck } from 'lucide-react';
import { type ReactElement, useMemo, useState } from 'react';
import type { UnpricedList } from '../../../../../server/src/admin/contract.ts';
import { useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { Answered, Empty } from '../../../ui/states.tsx';
import { type Column, Table } from '../../../ui/table.tsx';
import { useUnpriced } from '../questions.ts';
import { priceMessages } from './messages.ts';
import type { PricedModel } from './places.ts';
import { PriceEditor } from './price-editor.tsx';

type Used = UnpricedList['models'][number];

/** The tab. */
export function UnpricedTab(): ReactElement {
  const text = useMessages(priceMessages);
  const [editing, setEditing] = useState<PricedModel>();
  const columns = useColumns(setEditing);
  const asked = useUnpriced();
  return (
    <Card flush title={text.unpricedTitle} hint={text.unpricedHint}>
      <Answered asked={asked} lines={5}>
        {({ models }) => (
          <Table
            label={text.unpricedTitle}
            columns={columns}
            rows={models}
            keyOf={({ model, upstream }) => `${upstream} ${model}`}
            sort="-requests"
            empty={
              <Empty icon={CircleCheck} title={text.unpricedNone}>
                {text.unpricedNoneHint}
              </Empty>
            }
          />
        )}
      </Answered>
      <PriceEditor priced={editing} onClose={() => setEditing(undefined)} />
    </Card>
  );
}

function useColumns(onEdit: (priced: PricedModel) => void): readonly Column<Used>[] {
  const text = useMessages(priceMessages);
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: 'model',
        title: text.model,
        by: ({ model }) => model,
        cell: ({ model, upstream }) => (
          <div className="min-w-0">
            <span className="break-all font-mono text-[0.8125rem]">{model}</span>
            <span className="block text-faint text-xs sm:hidden">{upstream}</span>
          </div>
        ),
      },
      {
        id: 'upstream',
        title: text.upstream,
        from: 'sm',
        by: ({ upstream }) => upstream,
        cell: ({ upstream }) => upstream,
      },
      {
        id: 'requests',
        title: text.requests,
        align: 'right',
        by: ({ requests }) => requests,
        cell: ({ requests }) => format.integer(requests),
      },
      {
        id: 'tokens',
        title: text.tokens,
        align: 'right',
        from: 'sm',
        by: ({ tokens }) => tokens,
        cell: ({ tokens }) => format.compact(tokens),
      },
      {
        id: 'set',
        title: <span className="sr-only">{text.setShort}</span>,
        align: 'right',
        cell: ({ model, upstream }) => (
          <Button size="small" aria-label={text.set(model)} onClick={() => onEdit({ model, upstream })}>
            {text.setShort}
          </Button>
        ),
      },
    ],
    [text, format, onEdit],
  );
}
