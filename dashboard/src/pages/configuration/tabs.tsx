// The tabs of the page; which one is open stands in the address.

import { useNavigate, useSearch } from '@tanstack/react-router';
import { type KeyboardEvent, type ReactElement, useRef } from 'react';
import { useMessages } from '../../language/messages.ts';
import { classes } from '../../ui/classes.ts';
import { configurationMessages } from './messages.ts';

export const TABS = ['form', 'file', 'routes', 'history', 'values'] as const;
export type Tab = (typeof TABS)[number];

/** The open tab, and how to open another; `search` goes along, such as the setting to be found. */
export function useTab(): readonly [Tab, (tab: Tab, search?: string) => void] {
  const { tab } = useSearch({ strict: false });
  const navigate = useNavigate();
  const open = (next: Tab, words?: string): void => {
    void navigate({
      to: '.',
      search: ({ search: _search, of: _of, ...rest }) => ({
        ...rest,
        tab: next,
        ...(words === undefined ? {} : { search: words }),
      }),
    });
  };
  return [TABS.find((one) => one === tab) ?? 'form', open];
}

/** The row of tabs: arrow keys go from one to the next, as everywhere. */
export function Tabs(): ReactElement {
  const text = useMessages(configurationMessages);
  const [open, setOpen] = useTab();
  const list = useRef<HTMLDivElement>(null);
  const go = (event: KeyboardEvent): void => {
    const now = TABS.indexOf(open);
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: TABS.length - 1 }[event.key];
    const next = to === undefined ? undefined : TABS.at(to % TABS.length);
    if (next === undefined) return;
    event.preventDefault();
    setOpen(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div
      ref={list}
      role="tablist"
      aria-label={text.views}
      onKeyDown={go}
      className="flex gap-1 overflow-x-auto border-line border-b px-1 pt-1"
    >
      {TABS.map((tab) => (
        <button
          key={tab}
          id={`tab-${tab}`}
          type="button"
          role="tab"
          aria-selected={tab === open}
          aria-controls="tab-panel"
          tabIndex={tab === open ? 0 : -1}
          onClick={() => setOpen(tab)}
          className={classes(
            '-mb-px whitespace-nowrap rounded-t-lg border-b-2 px-3 py-2 text-sm transition-colors',
            tab === open
              ? 'border-water font-medium text-water'
              : 'border-transparent text-soft hover:text-ink',
          )}
        >
          {text[`tab_${tab}`]}
        </button>
      ))}
    </div>
  );
}
