// Every value in force, and where it came from.

import { Pencil } from 'lucide-react';
import { type ReactElement, useDeferredValue, useState } from 'react';
import type { EffectiveConfigView } from '../../../../server/src/admin/contract.ts';
import { SEARCH_FIELD } from '../../app/shortcuts.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { IconButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { inputLook } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Empty, Loading } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Provenance } from './form/setting.tsx';
import { numberWords, valueText } from './form/value-words.ts';
import type { Origin } from './form/values-of-form.ts';
import { configurationMessages } from './messages.ts';
import { useTab } from './tabs.tsx';

const ORIGINS = ['all', 'file', 'api', 'env', 'flag', 'default'] as const;
type Chosen = (typeof ORIGINS)[number];

/** The tab. */
export function ValuesTab({
  effective,
}: {
  readonly effective: EffectiveConfigView | undefined;
}): ReactElement {
  const text = useMessages(configurationMessages);
  const format = useFormat();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<Chosen>('all');
  const words = useDeferredValue(typed).toLowerCase();
  const columns = useColumns();
  if (effective === undefined) return <Loading lines={12} />;
  const rows = effective.values.filter(
    ({ path, value, from }) =>
      (chosen === 'all' || from === chosen) && `${path} ${valueText(value)}`.toLowerCase().includes(words),
  );
  return (
    <Card flush className="relative">
      <div className="flex flex-wrap items-center gap-3 p-3">
        <input
          {...SEARCH_FIELD}
          type="search"
          aria-label={text.filterValues}
          placeholder={text.filterValues}
          className={`${inputLook} max-w-72`}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        <Segmented
          label={text.originLabel}
          value={chosen}
          onChange={setChosen}
          options={ORIGINS.map((value) => ({
            value,
            label: value === 'all' ? text.allOrigins : text[`from_${value}`],
          }))}
        />
        <span className="ml-auto text-faint text-xs tabular-nums">
          {text.countValues(format.integer(rows.length))}
        </span>
      </div>
      <Table
        label={text.tab_values}
        columns={columns}
        rows={rows}
        keyOf={({ path }) => path}
        empty={<Empty title={text.noValue}>{text.noValueHint}</Empty>}
      />
    </Card>
  );
}

function useColumns(): readonly Column<Origin>[] {
  const text = useMessages(configurationMessages);
  const format = useFormat();
  const [, open] = useTab();
  return [
    {
      id: 'path',
      title: text.path,
      by: ({ path }) => path,
      cell: ({ path }) => <span className="break-all font-mono text-xs">{path}</span>,
    },
    {
      id: 'value',
      title: text.value,
      cell: ({ path, value }) => {
        const words = numberWords(/\w+$/.exec(path)?.[0] ?? '', value, format);
        return (
          <span className="break-all font-mono text-xs">
            {valueText(value)}
            {words !== undefined && <span className="ml-2 font-sans text-faint">{words}</span>}
          </span>
        );
      },
    },
    {
      id: 'from',
      title: text.from,
      by: ({ from, line }) => `${from} ${String(line ?? 0).padStart(6, '0')}`,
      cell: (origin) => <Provenance origin={origin} isPlain />,
    },
    {
      id: 'edit',
      title: <span className="sr-only">{text.tab_form}</span>,
      align: 'right',
      from: 'sm',
      cell: ({ path }) => (
        <IconButton label={text.editThis(path)} onClick={() => open('form', path)}>
          <Pencil className="size-3.5" />
        </IconButton>
      ),
    },
  ];
}
