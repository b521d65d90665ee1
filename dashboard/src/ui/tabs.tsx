// Parts of a page of which one is shown at a time.

import { type KeyboardEvent, type ReactElement, type ReactNode, useId, useRef } from 'react';
import { classes } from './classes.ts';

interface TabsProps<Value extends string> {
  /** What they are parts of, for screen readers. */
  readonly label: string;
  readonly value: Value;
  readonly tabs: readonly {
    readonly value: Value;
    readonly label: string;
    /** A small number behind the words. */
    readonly count?: string | undefined;
  }[];
  readonly onChange: (value: Value) => void;
  /** What the open tab shows. */
  readonly children: ReactNode;
}

/** The row of tabs above what the open one shows. Arrow keys go from one to the next. */
export function Tabs<Value extends string>({
  label,
  value,
  tabs,
  onChange,
  children,
}: TabsProps<Value>): ReactElement {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const go = (event: KeyboardEvent): void => {
    const now = tabs.findIndex((tab) => tab.value === value);
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: tabs.length - 1 }[event.key];
    const next = to === undefined ? undefined : tabs.at(to % tabs.length);
    if (next === undefined) return;
    event.preventDefault();
    onChange(next.value);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.value}"]`)?.focus();
  };
  return (
    <>
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        onKeyDown={go}
        className="flex gap-1 overflow-x-auto border-line border-b px-1 pt-1"
      >
        {tabs.map((tab) => {
          const isOpen = tab.value === value;
          return (
            <button
              key={tab.value}
              id={`${id}-${tab.value}`}
              data-tab={tab.value}
              type="button"
              role="tab"
              aria-selected={isOpen}
              aria-controls={`${id}-panel`}
              tabIndex={isOpen ? 0 : -1}
              onClick={() => onChange(tab.value)}
              className={classes(
                '-mb-px flex items-center gap-1.5 whitespace-nowrap rounded-t-lg border-b-2 px-3 py-2 text-sm transition-colors',
                isOpen
                  ? 'border-water font-medium text-water'
                  : 'border-transparent text-soft hover:text-ink',
              )}
            >
              {tab.label}
              {tab.count !== undefined && (
                <span className="rounded-full bg-sunken px-1.5 text-2xs text-soft tabular-nums">
                  {tab.count}
                </span>
              )}
            </button>
          );
        })}
      </div>
      <div
        id={`${id}-panel`}
        role="tabpanel"
        aria-labelledby={`${id}-${value}`}
        className="flex min-w-0 flex-col gap-4"
      >
        {children}
      </div>
    </>
  );
}
