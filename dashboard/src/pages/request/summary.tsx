// The first thing to see of a request: how it stands, its figures, and where it belongs.

import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import type { ExchangeView } from '../../../../server/src/admin/contract.ts';
import { type Format, useFormat } from '../../language/format.ts';
import { type Translated, useMessages } from '../../language/messages.ts';
import { useLive } from '../../live/live-events.ts';
import { Lamp } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Facts } from '../../ui/facts.tsx';
import { useKeyNames } from '../requests/key-names.ts';
import { tokensOf } from '../requests/tokens.ts';
import { formatName, isConverted } from './kept.ts';
import { requestMessages } from './messages.ts';
import { type Standing, standingOf, TONES } from './outcome.ts';

type Words = Translated<(typeof requestMessages)['en']>;

/** The card. */
export function Summary({ view }: { readonly view: ExchangeView }): ReactElement {
  const text = useMessages(requestMessages);
  const format = useFormat();
  const standing = standingOf(view);
  return (
    <Card>
      <div className="flex flex-wrap items-baseline gap-x-2.5 gap-y-1">
        <span className="self-center">
          <Lamp tone={TONES[standing]} />
        </span>
        <p className="font-semibold text-lg tracking-tight">{headline(view, standing, text, format)}</p>
        {view.status !== undefined && (
          <p className="text-faint text-sm">{text.status(String(view.status))}</p>
        )}
        <p className="basis-full text-faint text-sm">
          {standing === 'open' ? <LiveWords id={view.id} /> : hintOf(standing, text)}
        </p>
      </div>
      <Figures view={view} />
      <Places view={view} />
    </Card>
  );
}

function headline(view: ExchangeView, standing: Standing, text: Words, format: Format): string {
  const { attempts = 0, errorCode } = view;
  if (standing === 'answered' && attempts > 1) {
    const answered = view.tries.find(({ end }) => end === 'answered')?.ordinal ?? attempts;
    return text.answeredBy(format.integer(answered));
  }
  if ((standing === 'failed' || standing === 'cut') && errorCode !== undefined)
    return `${text[standing]}: ${errorCode}`;
  return text[standing];
}

function hintOf(standing: Standing, text: Words): string | undefined {
  switch (standing) {
    case 'left':
      return text.leftHint;
    case 'interrupted':
      return text.interruptedHint;
    case 'cut':
      return text.cutHint;
    case 'stale':
      return text.staleHint;
    default:
      return undefined;
  }
}

/** What the live events say of one that is on its way. */
function LiveWords({ id }: { readonly id: string }): ReactElement {
  const text = useMessages(requestMessages);
  const row = useLive().inFlight.find((one) => one.id === id);
  if (row === undefined) return <>{text.openHint}</>;
  const where = row.upstream === undefined ? '' : ` · ${row.upstream}`;
  return (
    <>
      {`${text.phase}: ${text[row.phase]}${where}`} · {text.openHint}
    </>
  );
}

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly hint?: string | undefined;
}

function Figures({ view }: { readonly view: ExchangeView }): ReactElement {
  const text = useMessages(requestMessages);
  const format = useFormat();
  return (
    <dl className="mt-3 grid grid-cols-2 gap-x-6 gap-y-3 border-line border-t pt-3 sm:grid-cols-3 lg:grid-cols-6">
      {figuresOf(view, text, format).map(({ name, value, hint }) => (
        <div key={name} className="min-w-0">
          <dt className="text-faint text-xs">{name}</dt>
          <dd>
            <span className="font-semibold text-lg tabular-nums">{value}</span>
            <span className="block min-h-4 truncate text-2xs text-faint">{hint}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function figuresOf(view: ExchangeView, text: Words, format: Format): readonly Figure[] {
  const { durationMs, ttftMs, tokensPerSecond, cost, savedNanoUsd } = view;
  const tokens = tokensOf(view.usage);
  const cached =
    tokens !== undefined && tokens.cached > 0
      ? text.cachedShare(format.percent(tokens.cached / tokens.input, 0))
      : undefined;
  const reasoning =
    tokens !== undefined && tokens.reasoning > 0
      ? text.reasoningShare(format.compact(tokens.reasoning))
      : undefined;
  const saved =
    savedNanoUsd !== undefined && savedNanoUsd > 0 ? text.saved(format.money(savedNanoUsd)) : undefined;
  const priced = cost !== undefined && cost.state !== 'unpriced';
  const costHint =
    cost?.state === 'unpriced' ? text.unpriced : cost?.state === 'estimated' ? text.estimated : saved;
  return [
    { name: text.duration, value: format.duration(durationMs) },
    { name: text.ttft, value: format.duration(ttftMs) },
    { name: text.tokensIn, value: format.compact(tokens?.input), hint: cached },
    { name: text.tokensOut, value: format.compact(tokens?.output), hint: reasoning },
    { name: text.pace, value: format.decimal(tokensPerSecond) },
    { name: text.cost, value: format.money(priced ? cost.totalNanoUsd : undefined), hint: costHint },
  ];
}

/** Underlined: beside other words, its colour alone would not tell it from them. */
const linkLook = 'text-water underline decoration-water/40 underline-offset-2 hover:decoration-current';

function Places({ view }: { readonly view: ExchangeView }): ReactElement {
  const text = useMessages(requestMessages);
  const format = useFormat();
  const keys = useKeyNames();
  return (
    <div className="mt-3 grid items-start gap-x-10 gap-y-1.5 border-line border-t pt-3 md:grid-cols-2">
      <Facts facts={whoFacts(view, text, keys)} />
      <Facts facts={whenFacts(view, text, format)} />
    </div>
  );
}

type Fact = readonly [string, ReactNode] | undefined;

function whoFacts(view: ExchangeView, text: Words, keys: ReadonlyMap<string, string>): readonly Fact[] {
  const { clientId, upstreamId, keyId, conversationId, agentId, upstreamRequestId, clientRequestId } = view;
  return [
    [text.model, <Model key="model" view={view} />],
    [text.client, <Client key="client" id={clientId} />],
    upstreamId === undefined
      ? undefined
      : [
          text.upstream,
          <span key="upstream">
            <Link to="/upstreams/$id" params={{ id: upstreamId }} className={linkLook}>
              {upstreamId}
            </Link>
            {keyId !== undefined && keyId !== 'k_none' && (
              <span className="text-faint"> / {keys.get(keyId) ?? keyId}</span>
            )}
          </span>,
        ],
    conversationId === undefined
      ? undefined
      : [
          text.conversation,
          <Link
            key="conversation"
            to="/conversations/$id"
            params={{ id: conversationId }}
            className={classes(linkLook, 'break-all')}
          >
            {conversationId}
          </Link>,
        ],
    agentId === undefined ? undefined : [text.agent, agentId],
    upstreamRequestId === undefined
      ? undefined
      : [text.providerId, <GivenId key="provider-id" id={upstreamRequestId} what={text.copyProviderId} />],
    clientRequestId === undefined
      ? undefined
      : [text.clientsId, <GivenId key="clients-id" id={clientRequestId} what={text.copyClientsId} />],
  ];
}

/** An id that somebody else has given the request: their support asks for it. */
function GivenId({ id, what }: { readonly id: string; readonly what: string }): ReactElement {
  return (
    <span className="flex items-center gap-1">
      <span className="min-w-0 break-all font-mono text-xs">{id}</span>
      <CopyButton text={id} what={what} />
    </span>
  );
}

function Client({ id }: { readonly id: string | undefined }): ReactElement {
  const text = useMessages(requestMessages);
  if (id === undefined) return <span className="text-faint">{text.anyone}</span>;
  return (
    <Link to="/clients/$id" params={{ id }} className={linkLook}>
      {id}
    </Link>
  );
}

function Model({ view }: { readonly view: ExchangeView }): ReactElement {
  const { modelAsked, modelServed } = view;
  const asked = modelAsked ?? modelServed;
  if (asked === undefined) return <>–</>;
  return (
    <span className="break-words">
      <Link to="/models" search={{ of: asked }} className={linkLook}>
        {asked}
      </Link>
      {modelServed !== undefined && modelServed !== asked && (
        <span className="text-soft"> → {modelServed}</span>
      )}
    </span>
  );
}

function whenFacts(view: ExchangeView, text: Words, format: Format): readonly Fact[] {
  const { dialectIn, dialectOut, bytesIn, bytesOut, cache, streamed, policy } = view;
  const formats =
    dialectIn === undefined
      ? undefined
      : isConverted(view)
        ? text.converted(formatName(dialectIn), formatName(dialectOut ?? ''))
        : formatName(dialectIn);
  return [
    [
      text.received,
      <time key="received" dateTime={new Date(view.receivedAtMs).toISOString()} className="tabular-nums">
        {/* A zone like GMT-1 stays on one line. */}
        {format.exact(view.receivedAtMs).replaceAll('-', '\u2011')}
      </time>,
    ],
    [text.route, policy === undefined ? view.route : `${view.route} · ${text.policy} ${policy}`],
    formats === undefined ? undefined : [text.formats, formats],
    streamed === undefined ? undefined : [text.streamed, streamed ? text.yes : text.no],
    cache === undefined ? undefined : [text.cache, text[`cache_${cache}`]],
    bytesIn === undefined || bytesOut === undefined
      ? undefined
      : [text.bytes, text.bytesInOut(format.bytes(bytesIn), format.bytes(bytesOut))],
  ];
}
