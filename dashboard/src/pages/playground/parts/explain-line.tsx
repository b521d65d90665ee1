// Where the request would go at this moment, in one line.

import { ArrowRight, CircleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ExplainedView, ExplainView } from '../../../../../server/src/admin/contract.ts';
import { useMessages } from '../../../language/messages.ts';
import { playgroundMessages } from '../messages.ts';
import type { Outgoing } from '../state/bench.ts';
import { dialectOf, FORMATS } from '../wire/formats.ts';
import { usePosted, useSettled } from './posted.ts';

const SETTLES_MS = 400;
const MOST_MODEL_CHARACTERS = 512;

/** The line; its height is always the same. */
export function ExplainLine({ outgoing }: { readonly outgoing: Outgoing }): ReactElement {
  const text = useMessages(playgroundMessages);
  const model = useSettled(outgoing.model.trim(), SETTLES_MS);
  const { dialect, stream } = outgoing;
  const isAskable = model !== '' && model.length <= MOST_MODEL_CHARACTERS;
  const { data, error } = usePosted<ExplainView>(
    '/explain',
    isAskable ? { model, dialect, stream, client: 'playground' } : undefined,
  );
  const look = 'flex min-h-5 items-start gap-1.5 text-xs';
  if (!isAskable) return <p className={`${look} text-faint`}>{text.noModel}</p>;
  const failure = error ?? data?.error;
  if (failure !== undefined && failure !== null)
    return (
      <p className={`${look} text-bad`}>
        <CircleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
        <span className="min-w-0 break-words">{failure.message}</span>
      </p>
    );
  if (data === undefined) return <p className={look} />;
  const [first, second] = data.candidates;
  if (first === undefined)
    return (
      <p className={`${look} text-bad`}>
        <CircleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
        {text.nobody}
      </p>
    );
  return (
    <p className={`${look} text-soft`}>
      <ArrowRight aria-hidden="true" className="mt-0.5 size-3.5 shrink-0 text-water" />
      <span className="min-w-0 break-words" title={first.why}>
        {text.goes} <Candidate candidate={first} asked={model} />
        {second !== undefined && second.upstreamId !== first.upstreamId && (
          <span className="text-faint">
            {' · '}
            {text.afterwards} {second.upstreamId}
          </span>
        )}
      </span>
    </p>
  );
}

function Candidate({
  candidate,
  asked,
}: {
  readonly candidate: ExplainedView;
  readonly asked: string;
}): ReactElement {
  const text = useMessages(playgroundMessages);
  const { upstreamId, keyName, model, native, dialect } = candidate;
  const format = dialectOf(dialect);
  const way =
    native === true ? text.native : format === undefined ? undefined : text.convertedTo(FORMATS[format].name);
  return (
    <>
      <strong className="font-medium text-ink">{upstreamId}</strong>
      {keyName !== undefined && ` (${keyName})`}
      {model !== undefined && model !== asked && ` ${text.asModel(model)}`}
      {way !== undefined && ` · ${way}`}
    </>
  );
}
