// What models cost at each upstream, who says so, and the way to change it.

import { Pencil, Search, Tags } from 'lucide-react';
import { type ReactElement, useMemo, useState } from 'react';
import type { PriceList } from '../../../../../server/src/admin/contract.ts';
import { SEARCH_FIELD } from '../../../app/shortcuts.ts';
import { useMessages } from '../../../language/messages.ts';
import { Badge } from '../../../ui/badge.tsx';
import { IconButton } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { Answered, Empty } from '../../../ui/states.tsx';
import { type Column, Table } from '../../../ui/table.tsx';
import { usePrices } from '../questions.ts';
import { priceMessages } from './messages.ts';
import { OriginBadge } from './origin-badge.tsx';
import type { PricedModel } from './places.ts';
import { PriceEditor } from './price-editor.tsx';
import { type Origin, rateWords } from './rate-words.ts';

type Listed = PriceList['prices'][number];

const ORIGINS: readonly Origin[] = ['config', 'file', 'catalogue', 'free', 'unknown'];

/** The tab. */
export function PricesTab(): ReactElement {
  const text = useMessages(priceMessages);
  const [words, setWords] = useState('');
  const [origin, setOrigin] = useState('');
  const [editing, setEditing] = useState<PricedModel>();
  const asked = usePrices();
  return (
    <Card
      flush
      title={text.title}
      hint={text.hint}
      actions={
        <>
          <TextField
            {...SEARCH_FIELD}
            type="search"
            label={text.search}
            labelHidden
            placeholder={text.search}
            value={words}
            onChange={({ target }) => setWords(target.value)}
            className="w-48 max-w-full"
          />
          <SelectField
            label={text.onlyOrigin}
            labelHidden
            value={origin}
            onChange={({ target }) => setOrigin(target.value)}
            className="w-40"
          >
            <option value="">{text.anyOrigin}</option>
            {ORIGINS.map((one) => (
              <option key={one} value={one}>
                {text[one]}
              </option>
            ))}
          </SelectField>
        </>
      }
    >
      <Answered asked={asked} lines={10}>
        {({ prices }) => <PriceRows prices={prices} words={words} origin={origin} onEdit={setEditing} />}
      </Answered>
      <PriceEditor priced={editing} onClose={() => setEditing(undefined)} />
    </Card>
  );
}

const originOfRow = ({ price }: Listed): Origin => price?.origin ?? 'unknown';

interface PriceRowsProps {
  readonly prices: readonly Listed[];
  readonly words: string;
  readonly origin: string;
  readonly onEdit: (priced: PricedModel) => void;
}

function PriceRows({ prices, words, origin, onEdit }: PriceRowsProps): ReactElement {
  const text = useMessages(priceMessages);
  const columns = useColumns(onEdit);
  const wanted = words.trim().toLowerCase();
  const found = prices.filter(
    (row) =>
      (origin === '' || originOfRow(row) === origin) &&
      `${row.upstream} ${row.model}`.toLowerCase().includes(wanted),
  );
  const isNone = prices.length === 0;
  return (
    <Table
      label={text.title}
      columns={columns}
      rows={found}
      keyOf={({ upstream, model }) => `${upstream} ${model}`}
      sort="model"
      empty={
        <Empty icon={isNone ? Tags : Search} title={isNone ? text.listNone : text.foundNone}>
          {isNone ? text.listNoneHint : text.foundNoneHint}
        </Empty>
      }
    />
  );
}

function useColumns(onEdit: (priced: PricedModel) => void): readonly Column<Listed>[] {
  const text = useMessages(priceMessages);
  return useMemo(() => {
    const rate = (
      kind: 'input' | 'output' | 'cacheRead' | 'cacheWrite5m',
      from?: 'sm' | 'lg',
    ): Column<Listed> => ({
      id: kind,
      title: text[kind],
      align: 'right',
      by: ({ price }) => price?.rates[kind],
      cell: ({ price }) => rateWords(price?.rates[kind]),
      ...(from === undefined ? {} : { from }),
    });
    return [
      { id: 'model', title: text.model, by: ({ model }) => model, cell: (row) => <ModelCell row={row} /> },
      {
        id: 'upstream',
        title: text.upstream,
        from: 'md',
        by: ({ upstream }) => upstream,
        cell: ({ upstream }) => upstream,
      },
      rate('input', 'sm'),
      rate('cacheRead', 'lg'),
      rate('cacheWrite5m', 'lg'),
      rate('output', 'sm'),
      {
        id: 'source',
        title: text.source,
        from: 'sm',
        by: originOfRow,
        cell: (row) => <Sources row={row} />,
      },
      {
        id: 'edit',
        title: <span className="sr-only">{text.editShort}</span>,
        align: 'right',
        cell: ({ upstream, model, price }) => (
          <IconButton
            label={`${price === null ? text.set(model) : text.edit(model)} (${upstream})`}
            onClick={() => onEdit({ upstream, model })}
          >
            <Pencil className="size-4" />
          </IconButton>
        ),
      },
    ];
  }, [text, onEdit]);
}

/** Who says it, and what is special about it. */
function Sources({ row }: { readonly row: Listed }): ReactElement {
  const text = useMessages(priceMessages);
  const { price } = row;
  return (
    <span className="flex flex-wrap gap-1">
      <OriginBadge origin={originOfRow(row)} />
      {price !== null && price.tiers.length > 0 && <Badge>{text.longer}</Badge>}
      {price?.incomplete === true && (
        <Badge tone="caution" title={text.incompleteHint}>
          {text.incomplete}
        </Badge>
      )}
    </span>
  );
}

/** The model; on narrow windows with what stands in other columns elsewhere. */
function ModelCell({ row }: { readonly row: Listed }): ReactElement {
  const { model, upstream, price } = row;
  return (
    <div className="min-w-0">
      <span className="break-all font-mono text-[0.8125rem]">{model}</span>
      <span className="block text-faint text-xs md:hidden">
        {upstream}
        {price !== null && (
          <span className="tabular-nums sm:hidden">
            {' '}
            · {rateWords(price.rates.input)} / {rateWords(price.rates.output)}
          </span>
        )}
      </span>
      <span className="mt-1 block sm:hidden">
        <Sources row={row} />
      </span>
    </div>
  );
}
