// Captures: whether a window is open, what it still takes, opening another, and what was captured last.

import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { CaptureView } from '../../../../server/src/admin/contract.ts';
import { useAsk, useChange } from '../../api/queries.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Answered, Failure } from '../../ui/states.tsx';
import { CaptureForm } from './capture-form.tsx';
import { systemMessages } from './messages.ts';

const OPEN_EVERY_MS = 1_000;
const MOST_RECENT = 10;

/** The card. */
export function CaptureCard(): ReactElement {
  const text = useMessages(systemMessages);
  const asked = useAsk<CaptureView>('/capture');
  // While a window is open, its seconds go by in sight.
  useAsk<CaptureView>('/capture', {}, { everyMs: OPEN_EVERY_MS, enabled: asked.data?.open === true });
  return (
    <Card
      id="capture"
      title={text.captures}
      hint={text.capturesHint}
      actions={asked.data !== undefined && <CaptureState view={asked.data} />}
    >
      <Answered asked={asked}>
        {(view) => (
          <div className="flex flex-col gap-4">
            {view.open ? <OpenWindow view={view} /> : <CaptureForm />}
            <Recent ids={view.recent} />
          </div>
        )}
      </Answered>
    </Card>
  );
}

function CaptureState({ view }: { readonly view: CaptureView }): ReactElement {
  const text = useMessages(systemMessages);
  const format = useFormat();
  return (
    <>
      {view.captured > 0 && (
        <span className="text-faint text-xs">{text.captured(format.integer(view.captured))}</span>
      )}
      <Badge tone={view.open ? 'water' : 'calm'}>{view.open ? text.captureOpen : text.captureClosed}</Badge>
    </>
  );
}

function OpenWindow({ view }: { readonly view: CaptureView }): ReactElement {
  const text = useMessages(systemMessages);
  const format = useFormat();
  const stopping = useChange<undefined, CaptureView>(
    () => ({ path: '/capture', method: 'DELETE' }),
    ['/capture'],
  );
  const { untilMs, requestsLeft, filter } = view;
  const leftMs =
    untilMs === undefined ? undefined : Math.max(0, Math.ceil((untilMs - Date.now()) / 1_000)) * 1_000;
  const left = [
    ...(leftMs === undefined ? [] : [text.captureLeft(format.duration(leftMs))]),
    ...(requestsLeft === undefined ? [] : [text.captureRequestsLeft(format.integer(requestsLeft))]),
    ...Object.entries(filter).map(([name, value]) => (value === true ? name : `${name}: ${String(value)}`)),
  ];
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-lg bg-water-soft px-3 py-2 text-sm text-water">
      <span className="min-w-0 flex-1 break-words tabular-nums">{left.join(' · ')}</span>
      <Button size="small" busy={stopping.isPending} onClick={() => stopping.mutate(undefined)}>
        {text.captureStop}
      </Button>
      {stopping.error !== null && <Failure error={stopping.error} />}
    </div>
  );
}

function Recent({ ids }: { readonly ids: readonly string[] }): ReactElement {
  const text = useMessages(systemMessages);
  return (
    <div className="flex flex-col gap-1">
      <h3 className="font-medium text-faint text-xs">{text.captureRecent}</h3>
      {ids.length === 0 ? (
        <p className="text-faint text-sm">{text.captureNone}</p>
      ) : (
        <ul className="flex flex-wrap gap-x-4 gap-y-1">
          {ids.slice(0, MOST_RECENT).map((id) => (
            <li key={id}>
              <Link
                to="/requests/$id"
                params={{ id }}
                className="font-mono text-water text-xs underline-offset-2 hover:underline"
              >
                {id}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
