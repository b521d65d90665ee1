// A menu that opens from a button: Radix for the keyboard and the place, our looks.

import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { classes } from './classes.ts';

interface MenuProps {
  /** The button. */
  readonly trigger: ReactElement;
  readonly children: ReactNode;
}

const itemLook =
  'flex cursor-pointer select-none items-center gap-2 rounded-md px-2 py-1.5 text-sm outline-none data-disabled:pointer-events-none data-disabled:opacity-50 data-highlighted:bg-sunken';

/** The menu. Not modal, because a modal one would have to write a style into the page, which its policy forbids. */
export function Menu({ trigger, children }: MenuProps): ReactElement {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          className="z-40 max-h-[80dvh] min-w-48 overflow-y-auto rounded-xl border border-line bg-raised p-1 shadow-lift"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface ItemProps {
  readonly children: ReactNode;
  readonly onChoose: () => void;
  readonly danger?: boolean;
  readonly disabled?: boolean;
}

/** Something to do. */
export function MenuItem({ children, onChoose, danger = false, disabled = false }: ItemProps): ReactElement {
  return (
    <DropdownMenu.Item
      disabled={disabled}
      onSelect={onChoose}
      className={classes(itemLook, danger && 'text-bad')}
    >
      {children}
    </DropdownMenu.Item>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, label: string])[];
  readonly onChange: (value: Value) => void;
}

/** One of several, within a menu. */
export function MenuChoice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: ChoiceProps<Value>): ReactElement {
  return (
    <DropdownMenu.Group>
      <DropdownMenu.Label className="px-2 pt-2 pb-1 text-2xs text-faint">{label}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup value={value}>
        {options.map(([one, words]) => (
          <DropdownMenu.RadioItem
            key={one}
            value={one}
            onSelect={(event) => {
              event.preventDefault();
              onChange(one);
            }}
            className={itemLook}
          >
            <span className="inline-flex size-4 items-center">
              <DropdownMenu.ItemIndicator>
                <Check aria-hidden="true" className="size-4 text-water" />
              </DropdownMenu.ItemIndicator>
            </span>
            {words}
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </DropdownMenu.Group>
  );
}

/** A line between parts of a menu. */
export function MenuLine(): ReactElement {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />;
}
