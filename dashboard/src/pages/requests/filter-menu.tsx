// One filter that takes several names: a button with the names that there were in the period, the busiest first.

import { Check, ChevronDown } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { type ReactElement, useState } from 'react';
import type { DimensionName, Groups } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { periodQuery, usePeriod } from '../../app/period.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { buttonLook } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { Loading } from '../../ui/states.tsx';
import { requestsMessages } from './messages.ts';

const MOST_NAMES = 200;

interface FilterMenuProps {
  readonly name: DimensionName;
  readonly chosen: readonly string[];
  readonly nameOf?: (value: string) => string;
  readonly onToggle: (value: string) => void;
}

/** The button with its list. */
export function FilterMenu({ name, chosen, nameOf, onToggle }: FilterMenuProps): ReactElement {
  const text = useMessages(requestsMessages);
  const [open, setOpen] = useState(false);
  return (
    <DropdownMenu.Root modal={false} open={open} onOpenChange={setOpen}>
      <DropdownMenu.Trigger
        className={classes(
          buttonLook('plain', 'small'),
          chosen.length > 0 && 'border-water! bg-water-soft! text-water!',
        )}
      >
        {text[name]}
        {chosen.length > 0 && <span className="tabular-nums">{chosen.length}</span>}
        <ChevronDown aria-hidden="true" className="size-3.5 opacity-60" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          sideOffset={6}
          collisionPadding={8}
          aria-label={text[name]}
          className="z-40 max-h-[min(26rem,70dvh)] w-72 max-w-[90vw] overflow-y-auto rounded-xl border border-line bg-raised p-1 shadow-lift"
        >
          <Names name={name} chosen={chosen} onToggle={onToggle} {...(nameOf && { nameOf })} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Names({ name, chosen, nameOf, onToggle }: FilterMenuProps): ReactElement {
  const text = useMessages(requestsMessages);
  const format = useFormat();
  const [period] = usePeriod();
  const { data } = useAsk<Groups>('/groups', { by: name, limit: MOST_NAMES, ...periodQuery(period) });
  if (data === undefined) return <Loading lines={3} />;
  const counts = new Map(
    data.groups.flatMap((group) => (group.name === null ? [] : [[group.name, group.totals.requests]])),
  );
  // What is chosen stays in the list, also where it did nothing in this period.
  const names = [...new Set([...counts.keys(), ...chosen])];
  if (names.length === 0) return <p className="px-2 py-3 text-faint text-xs">{text.noNames}</p>;
  return (
    <>
      {names.map((value) => (
        <DropdownMenu.CheckboxItem
          key={value}
          checked={chosen.includes(value)}
          onSelect={(event) => event.preventDefault()}
          onCheckedChange={() => onToggle(value)}
          className="flex cursor-pointer select-none items-center gap-2 rounded-md px-2 py-1.5 text-sm outline-none data-highlighted:bg-sunken"
        >
          <span className="inline-flex size-4 shrink-0 items-center">
            <DropdownMenu.ItemIndicator>
              <Check aria-hidden="true" className="size-4 text-water" />
            </DropdownMenu.ItemIndicator>
          </span>
          <span className="min-w-0 flex-1 truncate" title={value}>
            {nameOf?.(value) ?? value}
          </span>
          <span className="text-faint text-xs tabular-nums">{format.compact(counts.get(value) ?? 0)}</span>
        </DropdownMenu.CheckboxItem>
      ))}
    </>
  );
}
