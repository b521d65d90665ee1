// Keys that work on every page: "/" for the search of the page, "g" and a letter to go to a page, "?" for help, Ctrl K or ⌘K
// for the command palette.

import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { PAGES } from './pages.ts';
import { usePeriod } from './period.ts';

/** After "g", the letter has to follow within this time. */
const PAIR_MS = 1_200;

/** True where keys are text, or belong to a dialog. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('dialog[open]') !== null) return true;
  return (
    target.closest('input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable=true]') !==
    null
  );
}

/** The field that "/" leads to: the first on the page that says so. */
export const SEARCH_FIELD = { 'data-search': '' } as const;

/** Listens for the keys. */
export function useShortcuts({
  palette,
  help,
}: {
  readonly palette: () => void;
  readonly help: () => void;
}): void {
  const navigate = useNavigate();
  const [period] = usePeriod();
  useEffect(() => {
    let goAtMs = Number.NEGATIVE_INFINITY;
    const go = (key: string): boolean => {
      const page = PAGES.find((one) => one.key === key);
      if (page !== undefined) void navigate({ to: page.path, search: period });
      return page !== undefined;
    };
    const search = (): boolean => {
      const field = document.querySelector<HTMLElement>('[data-search]');
      field?.focus();
      return field !== null;
    };
    const pressed = (event: KeyboardEvent): boolean => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        palette();
        return true;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return false;
      const isPair = event.timeStamp - goAtMs < PAIR_MS;
      goAtMs = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (isPair && go(event.key)) return true;
      if (event.key === '/') return search();
      if (event.key === '?') help();
      return event.key === '?';
    };
    const listener = (event: KeyboardEvent): void => {
      if (pressed(event)) event.preventDefault();
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [navigate, period, palette, help]);
}
