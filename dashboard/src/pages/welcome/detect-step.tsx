// Step 1: what is there already. Keys of the environment and model servers of this machine are used with one press.

import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type {
  Detected,
  EntryBody,
  EntryOutcome,
  UpstreamView,
} from '../../../../server/src/admin/contract.ts';
import { type ApiError, ask } from '../../api/http.ts';
import { useChange } from '../../api/queries.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge, Lamp } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Failure, Skeleton } from '../../ui/states.tsx';
import { tell } from '../../ui/toasts.tsx';
import { suggestedId } from '../upstreams/entry.ts';
import { welcomeMessages } from './messages.ts';
import { Step } from './step.tsx';

interface DetectStepProps {
  readonly upstreams: readonly UpstreamView[];
  readonly isDone: boolean;
}

/** One thing that was found. */
interface Found {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly upstreamId: string | undefined;
  /** What would be added for it. */
  readonly entry: EntryBody;
}

/** The step. */
export function DetectStep({ upstreams, isDone }: DetectStepProps): ReactElement {
  const text = useMessages(welcomeMessages);
  const detection = useQuery<Detected, ApiError>({
    queryKey: ['/detect'],
    queryFn: () => ask<Detected>('/detect', { method: 'POST' }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const found = useFound(detection.data, upstreams);
  return (
    <Step place={1} title={text.detectTitle} hint={text.detectHint} isDone={isDone}>
      {detection.isPending && <Skeleton className="h-9 w-full" />}
      {detection.error !== null && <Failure error={detection.error} />}
      {detection.data !== undefined && found.length === 0 && (
        <p className="text-soft text-sm">{text.detectNothing}</p>
      )}
      {found.length > 0 && (
        <ul className="flex flex-col gap-2">
          {found.map((one) => (
            <FoundLine key={one.id} found={one} onAdded={() => void detection.refetch()} />
          ))}
        </ul>
      )}
      <div>
        <Button size="small" busy={detection.isFetching} onClick={() => void detection.refetch()}>
          {text.detectAgain}
        </Button>
      </div>
    </Step>
  );
}

function useFound(detected: Detected | undefined, upstreams: readonly UpstreamView[]): readonly Found[] {
  const text = useMessages(welcomeMessages);
  if (detected === undefined) return [];
  const keys = detected.environment.map(({ variable, provider, providerName, upstreamId }): Found => {
    const entry = { id: suggestedId(provider, upstreams), provider, keys: [`\${${variable}}`] };
    return { id: variable, title: text.detectKey(providerName), detail: variable, upstreamId, entry };
  });
  const servers = detected.local.map(({ provider, providerName, baseUrl, models, upstreamId }): Found => {
    const entry = { id: suggestedId(provider, upstreams), provider, baseUrl };
    const detail = `${baseUrl} · ${text.detectModels(models.length)}`;
    return { id: baseUrl, title: text.detectServer(providerName), detail, upstreamId, entry };
  });
  return [...keys, ...servers];
}

function FoundLine({
  found,
  onAdded,
}: {
  readonly found: Found;
  readonly onAdded: () => void;
}): ReactElement {
  const text = useMessages(welcomeMessages);
  const adding = useChange<EntryBody, EntryOutcome>(
    (body) => ({ path: '/upstreams', body }),
    ['/upstreams', '/keys', '/status', '/models', '/config'],
  );
  const { title, detail, upstreamId, entry } = found;
  const add = (): void =>
    adding.mutate(entry, {
      onSuccess: ({ id }) => {
        tell(text.added(id));
        onAdded();
      },
    });
  return (
    <li className="flex flex-col gap-1">
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <Lamp tone={upstreamId === undefined ? 'water' : 'good'} />
        <span className="font-medium">{title}</span>
        <span className="min-w-0 break-all font-mono text-faint text-xs">{detail}</span>
        <span className="ml-auto">
          {upstreamId === undefined ? (
            <Button size="small" weight="primary" busy={adding.isPending} onClick={add}>
              {text.use}
            </Button>
          ) : (
            <Badge tone="good">{text.inUse(upstreamId)}</Badge>
          )}
        </span>
      </div>
      {adding.error !== null && <Failure error={adding.error} />}
    </li>
  );
}
