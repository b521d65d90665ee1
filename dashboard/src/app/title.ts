// The title of the window: the live token rate, if it is wanted, the page, and the product.

import { useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useMessages } from '../language/messages.ts';
import { useTitleRate } from '../live/title-rate.ts';
import { appMessages } from './messages.ts';
import { PAGES } from './pages.ts';

/** Keeps the title. A part of its own that draws nothing, so that a new rate does not draw the whole frame anew. */
export function WindowTitle(): null {
  const text = useMessages(appMessages);
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  const page = PAGES.find(({ path }) => path !== '/' && pathname.startsWith(path)) ?? PAGES[0];
  const name = page === undefined ? '' : text[page.id];
  const rate = useTitleRate();
  useEffect(() => {
    document.title = [rate, name, 'Sluice'].filter((part) => part !== '').join(' · ');
  }, [rate, name]);
  return null;
}
