// Going from row to row of a long table with j and k, and with the arrow keys once a row has the focus.

import { type RefObject, useEffect, useRef } from 'react';
import { isTyping } from '../app/shortcuts.ts';

/** What the link of a row carries. It covers the whole row, so that a click anywhere follows it. */
export const ROW_LINK = { 'data-row-link': '' } as const;
/** The look that makes it cover the row. */
export const rowLinkLook: string =
  'outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-water focus-visible:after:-outline-offset-2';

/** Frames after which a row that was scrolled to is there, or never will be. */
const MOST_FRAMES = 20;

/** The row that a key leads to; undefined where the key means nothing here. */
export function rowAfter(key: string, current: number | undefined, count: number): number | undefined {
  const down = key === 'j' || (key === 'ArrowDown' && current !== undefined);
  const up = key === 'k' || (key === 'ArrowUp' && current !== undefined);
  if (count === 0 || (!down && !up)) return undefined;
  if (current === undefined) return 0;
  return Math.min(count - 1, Math.max(0, current + (down ? 1 : -1)));
}

function focusedRow(table: HTMLElement): number | undefined {
  const row = table.contains(document.activeElement) ? document.activeElement?.closest('[data-row]') : null;
  const at = Number(row?.getAttribute('data-row') ?? Number.NaN);
  return Number.isInteger(at) ? at : undefined;
}

/** Listens for the keys. `reveal` scrolls a row into sight; the focus goes to its link as soon as it is drawn. */
export function useRowKeys(
  table: RefObject<HTMLElement | null>,
  count: number,
  reveal: (at: number) => void,
): void {
  const latest = useRef({ count, reveal });
  latest.current = { count, reveal };
  useEffect(() => {
    let left = 0;
    const focus = (at: number): void => {
      const link = table.current?.querySelector<HTMLElement>(`[data-row="${at}"] [data-row-link]`);
      left -= 1;
      if (link !== null && link !== undefined) link.focus({ preventScroll: true });
      else if (left > 0) requestAnimationFrame(() => focus(at));
    };
    const pressed = (event: KeyboardEvent): void => {
      const element = table.current;
      // Where the focus is in another such table, the keys are for that one.
      const other = document.activeElement?.closest('[data-row-table]') ?? element;
      if (
        element === null ||
        other !== element ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        isTyping(event.target)
      )
        return;
      const at = rowAfter(event.key, focusedRow(element), latest.current.count);
      if (at === undefined || event.defaultPrevented) return;
      event.preventDefault();
      latest.current.reveal(at);
      left = MOST_FRAMES;
      focus(at);
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [table]);
}
