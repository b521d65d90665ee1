// The models that clients can ask for, a row each.

import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Boxes, Search } from 'lucide-react';
import { type ReactElement, useMemo, useState } from 'react';
import type { ModelView } from '../../../../server/src/admin/contract.ts';
import { SEARCH_FIELD } from '../../app/shortcuts.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { buttonLook } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Answered, Empty } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { placesOf } from './candidates.ts';
import { modelsMessages } from './messages.ts';
import { ContextCell, GoesTo, ModelName } from './model-cells.tsx';
import { OriginBadge } from './prices/origin-badge.tsx';
import { originOf, rateWords, usdRates } from './prices/rate-words.ts';
import { MOST_MODELS, useClientIds, useModels } from './questions.ts';
import { traitBadges } from './trait-words.ts';

/** The tab. */
export function ModelsTab(): ReactElement {
  const text = useMessages(modelsMessages);
  const [client, setClient] = useState('');
  const { search = '' } = useSearch({ strict: false });
  const asked = useModels(client);
  const clients = useClientIds();
  return (
    <Card
      flush
      title={text.tabModels}
      hint={text.perMillion}
      actions={
        <>
          <SearchField />
          {clients.length > 0 && (
            <SelectField
              label={text.asSeenBy}
              labelHidden
              title={text.asSeenBy}
              value={client}
              onChange={({ target }) => setClient(target.value)}
              className="w-40"
            >
              <option value="">{text.everyone}</option>
              {clients.map((id) => (
                <option key={id} value={id}>
                  {id}
                </option>
              ))}
            </SelectField>
          )}
        </>
      }
    >
      <Answered asked={asked} lines={10}>
        {({ models }) => <ModelTable models={models} search={search} isAll={client === ''} />}
      </Answered>
    </Card>
  );
}

/** What is searched for stands in the address. */
function SearchField(): ReactElement {
  const text = useMessages(modelsMessages);
  const { search = '' } = useSearch({ strict: false });
  const navigate = useNavigate();
  // Typed letters are shown at once; the address follows.
  const [typed, setTyped] = useState(search);
  return (
    <TextField
      {...SEARCH_FIELD}
      type="search"
      label={text.search}
      labelHidden
      placeholder={text.search}
      value={typed}
      onChange={({ target: { value } }) => {
        setTyped(value);
        void navigate({
          to: '.',
          replace: true,
          resetScroll: false,
          search: ({ search: _search, ...rest }) => (value === '' ? rest : { ...rest, search: value }),
        });
      }}
      className="w-48 max-w-full"
    />
  );
}

interface ModelTableProps {
  readonly models: readonly ModelView[];
  readonly search: string;
  readonly isAll: boolean;
}

function ModelTable({ models, search, isAll }: ModelTableProps): ReactElement {
  const text = useMessages(modelsMessages);
  const format = useFormat();
  const columns = useColumns();
  const wanted = search.trim().toLowerCase();
  const found = models.filter(
    ({ id, candidates }) =>
      id.toLowerCase().includes(wanted) ||
      candidates.some(({ model, upstreamId }) => `${upstreamId} ${model}`.toLowerCase().includes(wanted)),
  );
  if (models.length === 0 && isAll)
    return (
      <Empty
        icon={Boxes}
        title={text.none}
        action={
          <Link to="/upstreams" className={buttonLook()}>
            {text.toUpstreams}
          </Link>
        }
      >
        {text.noneHint}
      </Empty>
    );
  return (
    <>
      <Table
        label={text.tabModels}
        columns={columns}
        rows={found}
        keyOf={({ id }) => id}
        empty={
          <Empty icon={Search} title={text.noneFound}>
            {text.noneFoundHint}
          </Empty>
        }
      />
      {models.length >= MOST_MODELS && (
        <p className="px-4 py-2 text-faint text-xs">{text.atMost(format.integer(MOST_MODELS))}</p>
      )}
    </>
  );
}

function useColumns(): readonly Column<ModelView>[] {
  const text = useMessages(modelsMessages);
  return useMemo(() => {
    const rate = (kind: 'input' | 'cacheRead' | 'output') => (model: ModelView) =>
      model.price === undefined ? undefined : usdRates(model.price)[kind];
    const rateColumn = (
      id: string,
      title: string,
      kind: 'input' | 'cacheRead' | 'output',
    ): Column<ModelView> => ({
      id,
      title,
      align: 'right',
      from: kind === 'cacheRead' ? 'lg' : 'sm',
      by: rate(kind),
      cell: (model) => rateWords(rate(kind)(model)),
    });
    return [
      { id: 'name', title: text.name, by: ({ id }) => id, cell: (model) => <ModelName model={model} /> },
      {
        id: 'goesTo',
        title: text.goesTo,
        from: 'md',
        by: (model) => placesOf(model)[0]?.upstreamId,
        cell: (model) => <GoesTo model={model} />,
      },
      {
        id: 'takes',
        title: text.takes,
        from: 'xl',
        cell: ({ traits }) => (
          <span className="flex flex-wrap gap-1">
            {traits !== undefined &&
              traitBadges(traits, text).map((word) => <Badge key={word}>{word}</Badge>)}
          </span>
        ),
      },
      {
        id: 'context',
        title: text.context,
        align: 'right',
        from: 'lg',
        by: ({ contextWindow }) => contextWindow,
        cell: (model) => <ContextCell model={model} />,
      },
      rateColumn('input', text.input, 'input'),
      rateColumn('cached', text.cached, 'cacheRead'),
      rateColumn('output', text.output, 'output'),
      {
        id: 'price',
        title: text.price,
        align: 'right',
        by: ({ price }) => originOf(price?.id),
        cell: ({ price, candidates }) =>
          candidates.length === 0 ? null : (
            <>
              <OriginBadge origin={originOf(price?.id)} />
              {price !== undefined && (
                <span className="block whitespace-nowrap text-faint text-xs sm:hidden">
                  {rateWords(usdRates(price).input)} / {rateWords(usdRates(price).output)}
                </span>
              )}
            </>
          ),
      },
    ];
  }, [text]);
}
