// Other names for models: what they stand for, and whether anybody serves that.

import { Link2, Pencil, Plus, Trash2 } from 'lucide-react';
import { type ReactElement, useMemo, useState } from 'react';
import type { ModelView } from '../../../../../server/src/admin/contract.ts';
import { useMessages } from '../../../language/messages.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { Answered, Empty } from '../../../ui/states.tsx';
import { type Column, Table } from '../../../ui/table.tsx';
import { modelsMessages } from '../messages.ts';
import { GoesTo } from '../model-cells.tsx';
import { useAliases, useModels } from '../questions.ts';
import { AliasDialog } from './alias-dialog.tsx';
import { RemoveAlias } from './remove-alias.tsx';

interface Row {
  readonly name: string;
  readonly target: string;
  /** As clients see it; absent while that is not known. */
  readonly model: ModelView | undefined;
}

/** What is open beside the list; `new`: an alias that is not there yet. */
type Open = { readonly what: 'new' } | { readonly what: 'edit' | 'remove'; readonly name: string };

/** The tab. */
export function AliasesTab(): ReactElement {
  const text = useMessages(modelsMessages);
  const [open, setOpen] = useState<Open>();
  const asked = useAliases();
  const models = useModels().data?.models;
  const columns = useColumns(setOpen);
  const close = (): void => setOpen(undefined);
  const add = (
    <Button size="small" onClick={() => setOpen({ what: 'new' })}>
      <Plus aria-hidden="true" className="size-4" />
      {text.addAlias}
    </Button>
  );
  return (
    <Card flush title={text.tabAliases} hint={text.aliasesHint} actions={add}>
      <Answered asked={asked} lines={5}>
        {({ aliases }) => (
          <>
            <Table
              label={text.tabAliases}
              columns={columns}
              rows={Object.entries(aliases).map(([name, target]) => {
                return { name, target, model: models?.find(({ id }) => id === name) };
              })}
              keyOf={({ name }) => name}
              empty={
                <Empty icon={Link2} title={text.aliasesNone}>
                  {text.aliasesNoneHint}
                </Empty>
              }
            />
            <AliasDialog
              open={open?.what === 'new' || open?.what === 'edit'}
              editing={open?.what === 'edit' ? open.name : undefined}
              onClose={close}
            />
            <RemoveAlias name={open?.what === 'remove' ? open.name : undefined} onClose={close} />
          </>
        )}
      </Answered>
    </Card>
  );
}

function useColumns(onOpen: (open: Open) => void): readonly Column<Row>[] {
  const text = useMessages(modelsMessages);
  return useMemo(
    () => [
      {
        id: 'name',
        title: text.alias,
        by: ({ name }) => name,
        cell: ({ name }) => <span className="break-all font-mono text-[0.8125rem]">{name}</span>,
      },
      {
        id: 'target',
        title: text.target,
        by: ({ target }) => target,
        cell: ({ target, model }) => (
          <span className="flex min-w-0 flex-wrap items-center gap-2">
            <span className="break-all font-mono text-[0.8125rem]">{target}</span>
            {model !== undefined && model.candidates.length === 0 && (
              <Badge tone="caution" title={text.notOfferedHint}>
                {text.notOffered}
              </Badge>
            )}
          </span>
        ),
      },
      {
        id: 'goesTo',
        title: text.goesTo,
        from: 'md',
        cell: ({ model }) =>
          model === undefined || model.candidates.length === 0 ? null : <GoesTo model={model} />,
      },
      {
        id: 'actions',
        title: <span className="sr-only">{text.editAlias('')}</span>,
        align: 'right',
        cell: ({ name }) => (
          <span className="flex justify-end">
            <IconButton label={text.editAlias(name)} onClick={() => onOpen({ what: 'edit', name })}>
              <Pencil className="size-4" />
            </IconButton>
            <IconButton label={text.removeAlias(name)} onClick={() => onOpen({ what: 'remove', name })}>
              <Trash2 className="size-4" />
            </IconButton>
          </span>
        ),
      },
    ],
    [text, onOpen],
  );
}
