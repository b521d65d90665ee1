// Tries an upstream: every key of it is tested, and it is asked which models it offers. Begins by itself.

import { useQuery } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import type { DiscoveredModels, KeyDone, KeyList } from '../../../../server/src/admin/contract.ts';
import { type ApiError, ask } from '../../api/http.ts';
import { forget } from '../../api/queries.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Lamp } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { formMessages } from './form-messages.ts';
import { keyLabel } from './key-label.ts';
import { upstreamPath } from './questions.ts';

interface KeyTested {
  readonly label: string;
  readonly isKeyless: boolean;
  readonly ok: boolean;
  readonly message: string;
}

const MOST_TESTED = 20;

async function testKeys(id: string): Promise<readonly KeyTested[]> {
  const { keys } = await ask<KeyList>('/keys');
  const own = keys.filter(({ upstreamId, disabled }) => upstreamId === id && !disabled).slice(0, MOST_TESTED);
  const tested = own.map(async (key): Promise<KeyTested> => {
    const path = `/keys/${encodeURIComponent(id)}/${encodeURIComponent(key.keyId)}/test`;
    const done = await ask<KeyDone>(path, { method: 'POST' });
    return {
      label: keyLabel(key),
      isKeyless: key.last4 === '',
      ok: done.ok === true,
      message: done.message ?? '',
    };
  });
  const results = await Promise.all(tested);
  await forget('/keys');
  return results;
}

async function askModels(id: string): Promise<DiscoveredModels> {
  const found = await ask<DiscoveredModels>(`${upstreamPath(id)}/discover`, { method: 'POST' });
  await forget('/upstreams', '/models');
  return found;
}

const once = {
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
  retry: false,
  refetchOnWindowFocus: false,
} as const;

/** What came of trying an upstream; `attempt` names one try: another name tries again. */
function useTry(id: string, attempt: string | number) {
  const tests = useQuery<readonly KeyTested[], ApiError>({
    queryKey: ['try keys', id, attempt],
    queryFn: () => testKeys(id),
    ...once,
  });
  const models = useQuery<DiscoveredModels, ApiError>({
    queryKey: ['try models', id, attempt],
    queryFn: () => askModels(id),
    ...once,
  });
  return { tests, models };
}

/** The results, one line each. */
export function TryUpstream({
  id,
  attempt,
}: {
  readonly id: string;
  readonly attempt: string | number;
}): ReactElement {
  const text = useMessages(formMessages);
  const format = useFormat();
  const { tests, models } = useTry(id, attempt);
  const again = (): void => {
    void tests.refetch();
    void models.refetch();
  };
  return (
    <section aria-label={text.tests} aria-live="polite" className="flex flex-col gap-2">
      {tests.isFetching ? (
        <Line tone="calm">{text.testing}</Line>
      ) : (
        tests.data?.map(({ label, isKeyless, ok, message }) => (
          <Line
            key={label}
            tone={ok ? 'good' : 'bad'}
            title={isKeyless ? text.testServer : text.testKey(label)}
          >
            {message}
          </Line>
        ))
      )}
      {tests.error !== null && <Line tone="bad">{tests.error.message}</Line>}
      {tests.data?.length === 0 && <Line tone="caution">{text.testNothing}</Line>}
      {models.isFetching ? (
        <Line tone="calm">{text.discovering}</Line>
      ) : (
        <ModelsLine found={models.data} error={models.error} count={(value) => format.integer(value)} />
      )}
      <div>
        <Button size="small" busy={tests.isFetching || models.isFetching} onClick={again}>
          {text.testAgain}
        </Button>
      </div>
    </section>
  );
}

const NAMED = 6;

function ModelsLine({
  found,
  error,
  count,
}: {
  readonly found: DiscoveredModels | undefined;
  readonly error: ApiError | null;
  readonly count: (value: number) => string;
}): ReactElement | null {
  const text = useMessages(formMessages);
  const failure = error?.message ?? found?.failure;
  if (failure !== undefined)
    return (
      <Line tone="caution" title={text.discoverFailed}>
        {failure}
      </Line>
    );
  if (found === undefined) return null;
  if (found.models.length === 0) return <Line tone="caution">{text.discoveredNone}</Line>;
  const named = found.models.slice(0, NAMED).join(', ');
  return (
    <Line tone="good" title={text.discovered(found.models.length, count(found.models.length))}>
      <span className="font-mono text-xs">
        {named}
        {found.models.length > NAMED && ' …'}
      </span>
    </Line>
  );
}

function Line({
  tone,
  title,
  children,
}: {
  readonly tone: Tone;
  readonly title?: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <p className="flex items-baseline gap-2.5 text-sm">
      <Lamp tone={tone} />
      <span className="min-w-0 break-words">
        {title !== undefined && <span className="mr-1.5 font-medium">{title}</span>}
        <span className="text-soft">{children}</span>
      </span>
    </p>
  );
}
