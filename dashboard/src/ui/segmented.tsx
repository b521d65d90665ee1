// One of a few, side by side.

import type { ReactElement, ReactNode } from 'react';
import { classes } from './classes.ts';

interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: ReactNode; readonly title?: string }[];
  readonly onChange: (value: Value) => void;
  readonly className?: string;
}

/** A row of choices. Radio buttons underneath, so that the arrow keys work. */
export function Segmented<Value extends string>({
  label,
  value,
  options,
  onChange,
  className,
}: SegmentedProps<Value>): ReactElement {
  return (
    <fieldset
      className={classes(
        'relative inline-flex h-9 min-w-0 max-w-full items-center overflow-x-auto rounded-lg border border-line-strong bg-surface p-0.5',
        className,
      )}
    >
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          title={option.title}
          className="flex h-full cursor-pointer items-center whitespace-nowrap rounded-md px-2.5 text-soft text-xs has-checked:bg-water-soft has-checked:font-medium has-checked:text-water has-focus-visible:outline-2 has-focus-visible:outline-water"
        >
          <input
            type="radio"
            className="sr-only"
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
