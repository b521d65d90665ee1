// The guide of the first run: from nothing to the first answer. It can be left at any time, and be read again later.

import { Link } from '@tanstack/react-router';
import { type ReactElement, useEffect, useState } from 'react';
import { useMessages } from '../../language/messages.ts';
import { onEnded } from '../../live/live-events.ts';
import type { ClosedExchange } from '../../live/live-types.ts';
import { buttonLook } from '../../ui/button.tsx';
import { Page } from '../../ui/card.tsx';
import { useUpstreams } from '../upstreams/questions.ts';
import { ArriveStep } from './arrive-step.tsx';
import { DetectStep } from './detect-step.tsx';
import { KeyStep } from './key-step.tsx';
import { welcomeMessages } from './messages.ts';
import { RequestStep } from './request-step.tsx';

const MOST_SHOWN = 5;

/** The last requests that have ended since the page was opened, newest first. */
function useArrived(): readonly ClosedExchange[] {
  const [arrived, setArrived] = useState<readonly ClosedExchange[]>([]);
  useEffect(
    () =>
      onEnded((batch) => {
        const newest = batch.slice(-MOST_SHOWN).reverse();
        setArrived((before) => [...newest, ...before].slice(0, MOST_SHOWN));
      }),
    [],
  );
  return arrived;
}

/** The page. */
export function WelcomePage(): ReactElement {
  const text = useMessages(welcomeMessages);
  const upstreams = useUpstreams().data?.upstreams ?? [];
  const arrived = useArrived();
  const hasOwn = upstreams.some(({ provider, enabled }) => provider !== 'demo' && enabled);
  return (
    <Page
      title={text.title}
      hint={text.hint}
      actions={
        <Link to="/" className={buttonLook(arrived.length > 0 ? 'primary' : 'plain')}>
          {text.leave}
        </Link>
      }
    >
      <ol className="flex w-full max-w-4xl flex-col gap-4">
        <DetectStep upstreams={upstreams} isDone={hasOwn} />
        <KeyStep upstreams={upstreams} isDone={hasOwn} />
        <RequestStep isDone={arrived.length > 0} />
        <ArriveStep arrived={arrived} />
      </ol>
    </Page>
  );
}
