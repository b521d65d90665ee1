// What went wrong, in the words that the client was told, and what the provider itself said.

import type { ReactElement } from 'react';
import type {
  CapturedAttempt,
  CapturedBody,
  CaptureRecord,
  ErrorCode,
  ErrorSource,
  ExchangeView,
} from '../../../../server/src/admin/contract.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { readableBody } from './bodies/lines.ts';
import { requestMessages } from './messages.ts';

/** Whose fault each is, as docs/reference/errors.md says. */
const FAULTS: Readonly<Record<ErrorCode, ErrorSource>> = {
  invalid_json: 'client',
  invalid_request: 'client',
  unsupported_media_type: 'client',
  body_too_large: 'client',
  body_timeout: 'client',
  unauthenticated: 'client',
  forbidden: 'client',
  not_found: 'client',
  method_not_allowed: 'client',
  upgrade_required: 'client',
  model_not_found: 'client',
  dialect_unavailable: 'client',
  unsupported_feature: 'client',
  all_cooling: 'upstream',
  rate_limited: 'client',
  budget_exceeded: 'client',
  price_unknown: 'client',
  upstream_connect: 'upstream',
  upstream_closed: 'upstream',
  upstream_protocol: 'upstream',
  upstream_answer: 'upstream',
  upstream_too_large: 'upstream',
  upstream_error: 'upstream',
  upstream_stream_error: 'upstream',
  upstream_timeout: 'upstream',
  not_cached: 'gateway',
  client_closed: 'client',
  shutting_down: 'gateway',
  internal: 'gateway',
};

function faultOf(code: string): ErrorSource | undefined {
  // Whatever code it is, it is only looked up.
  return Object.hasOwn(FAULTS, code) ? FAULTS[code as ErrorCode] : undefined;
}

interface ErrorCardProps {
  readonly view: ExchangeView;
  readonly kept: CaptureRecord | undefined;
}

/** The card; nothing where there was no error. */
export function ErrorCard({ view, kept }: ErrorCardProps): ReactElement | null {
  const text = useMessages(requestMessages);
  const { errorCode, errorMessage } = view;
  if (errorCode === undefined) return null;
  const fault = faultOf(errorCode);
  const suggestion = kept?.error?.suggestion;
  const said = refusalsOf(kept?.attempts ?? []);
  return (
    <Card
      title={text.error}
      actions={
        <>
          {fault !== undefined && (
            <Badge tone={fault === 'client' ? 'calm' : 'caution'}>{text[`fault_${fault}`]}</Badge>
          )}
          <Badge tone="bad">{errorCode}</Badge>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="break-words">{errorMessage ?? kept?.error?.message ?? errorCode}</p>
        {suggestion !== undefined && (
          <p className="text-soft text-sm">
            <span className="font-medium">{text.suggestion}:</span> {suggestion}
          </p>
        )}
        {said.map((refusal) => (
          <Said key={refusal.ordinals.join()} refusal={refusal} />
        ))}
      </div>
    </Card>
  );
}

/** What a provider said, and to which attempts: the same words are shown once. */
interface Refusal {
  readonly ordinals: readonly number[];
  readonly upstreamId: string;
  readonly answer: NonNullable<CapturedAttempt['answer']>;
  readonly body: CapturedBody;
}

function refusalsOf(attempts: readonly CapturedAttempt[]): readonly Refusal[] {
  const found = new Map<string, Refusal>();
  for (const { answer, end, upstreamId = '', ordinal } of attempts) {
    const body = answer?.body;
    if (answer === undefined || body === undefined || (answer.status < 400 && end !== 'failed')) continue;
    const key = `${upstreamId} ${answer.status} ${body.text}`;
    const before = found.get(key)?.ordinals ?? [];
    found.set(key, { ordinals: [...before, ordinal], upstreamId, answer, body });
  }
  return [...found.values()];
}

function Said({ refusal }: { readonly refusal: Refusal }): ReactElement {
  const text = useMessages(requestMessages);
  const format = useFormat();
  const { answer, upstreamId, ordinals, body } = refusal;
  const label = `${ordinals.join(', ')} · ${text.providerSaid(upstreamId)} (${text.status(String(answer.status))})`;
  const { lines } = readableBody(body, answer.headers);
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <p className="text-faint text-xs">
        {label}
        {body.cut && ` ${text.providerCut(format.bytes(body.bytes))}`}
      </p>
      <CodeBlock
        text={lines.map((line) => line.text).join('\n')}
        label={label}
        wrap
        className="max-h-64 overflow-auto"
      />
    </div>
  );
}
