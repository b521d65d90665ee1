// At the top of every page: whether live events arrive, and how much is on its way.

import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useFormat } from '../language/format.ts';
import { useMessages } from '../language/messages.ts';
import { useLive } from '../live/live-events.ts';
import { Lamp } from '../ui/badge.tsx';
import { appMessages } from './messages.ts';

/** The sign; leads to the live page. */
export function ConnectionSign(): ReactElement {
  const text = useMessages(appMessages);
  const format = useFormat();
  const { connection, inFlight } = useLive();
  const lost = connection === 'lost';
  return (
    <Link
      to="/live"
      className="flex h-8 items-center gap-2 rounded-lg px-2 text-faint text-xs tabular-nums hover:bg-sunken hover:text-ink"
    >
      <Lamp tone={lost ? 'caution' : connection === 'open' ? 'good' : 'calm'} pulsing={lost} />
      <span className="max-sm:sr-only">
        {lost
          ? text.connectionLost
          : inFlight.length === 0
            ? text.connectionOpen
            : text.inFlight(format.integer(inFlight.length))}
      </span>
    </Link>
  );
}
