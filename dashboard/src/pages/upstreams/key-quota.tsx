// What is used of the limits of a key: our own count, and what its provider says.

import type { ReactElement } from 'react';
import type { KeyView } from '../../../../server/src/admin/contract.ts';
import { type Format, useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Meter } from '../../ui/meter.tsx';
import { upstreamMessages } from './messages.ts';

/** One bar, or one line where the limit is not known. */
interface Quota {
  readonly id: string;
  readonly kind: 'rpm' | 'rpd' | 'tpm' | 'tpd' | 'concurrency';
  /** What is limited, beside the key itself: a model, all keys of the upstream. */
  readonly of: string | undefined;
  readonly byProvider: boolean;
  readonly limit: number | undefined;
  readonly remaining: number;
  readonly resetInMs: number | null;
}

/** Everything that limits a key, the scarcest first. */
export function quotasOf(key: KeyView, allKeys: string): readonly Quota[] {
  const own = key.use.map((use): Quota => {
    const of = use.level === 'upstream' ? allKeys : use.model;
    const id = `${use.kind} ${use.level} ${use.model ?? ''}`;
    const { kind, limit, remaining, resetInMs } = use;
    return { id, kind, of, byProvider: false, limit, remaining, resetInMs };
  });
  const theirs = (key.reported ?? []).map((word): Quota => {
    const { kind, limit, remaining, resetInMs, model } = word;
    return {
      id: `${kind} provider ${model}`,
      kind,
      of: model,
      byProvider: true,
      limit,
      remaining,
      resetInMs,
    };
  });
  return [...own, ...theirs].sort((one, other) => freeShare(one) - freeShare(other));
}

/** The scarcest, but where both we and the provider count, one of each at least. */
export function shownOf(quotas: readonly Quota[], most: number): readonly Quota[] {
  const shown = quotas.slice(0, most);
  const [last] = shown.slice(-1);
  if (last === undefined || shown.some(({ byProvider }) => byProvider !== last.byProvider)) return shown;
  const other = quotas.find(({ byProvider }) => byProvider !== last.byProvider);
  return other === undefined || most < 2 ? shown : [...shown.slice(0, -1), other];
}

function freeShare({ limit, remaining }: Quota): number {
  if (limit === undefined) return remaining <= 0 ? 0 : 1;
  return limit <= 0 ? 0 : remaining / limit;
}

interface KeyQuotaProps {
  readonly value: KeyView;
  readonly name: string;
  /** At most so many; the scarcest. */
  readonly most?: number;
}

/** The bars; nothing where nothing is limited. */
export function KeyQuota({
  value,
  name,
  most = Number.POSITIVE_INFINITY,
}: KeyQuotaProps): ReactElement | null {
  const text = useMessages(upstreamMessages);
  const quotas = quotasOf(value, text.allKeys);
  if (quotas.length === 0) return null;
  const shown = shownOf(quotas, most);
  return (
    <div className="grid gap-x-5 gap-y-2 sm:grid-cols-2">
      {shown.map((quota) => (
        <QuotaBar key={quota.id} quota={quota} name={name} />
      ))}
      {quotas.length > shown.length && (
        <p className="self-end text-2xs text-faint">{text.moreLimits(quotas.length - shown.length)}</p>
      )}
    </div>
  );
}

function QuotaBar({ quota, name }: { readonly quota: Quota; readonly name: string }): ReactElement {
  const text = useMessages(upstreamMessages);
  const format = useFormat();
  const { kind, of, byProvider, limit, remaining } = quota;
  const what = byProvider ? text.byProvider(text[kind]) : text[kind];
  const words = [what, of].filter((word) => word !== undefined);
  const label = words.join(' · ');
  const meterName = text.meterName(name, label);
  const title = resetWords(quota, text, format);
  if (limit === undefined) {
    return (
      <p title={title} className="flex items-baseline justify-between gap-3 text-xs">
        <span className="truncate text-soft">{label}</span>
        <span className="whitespace-nowrap text-faint tabular-nums">
          {text.left(format.compact(remaining))}
        </span>
      </p>
    );
  }
  const used = Math.max(0, limit - remaining);
  return (
    <div title={title} className="min-w-0">
      <Meter
        label={label}
        name={meterName}
        used={used}
        limit={limit}
        words={text.ofLimit(format.compact(used), format.compact(limit))}
      />
    </div>
  );
}

function resetWords(
  { resetInMs }: Quota,
  text: { readonly resetsIn: (time: string) => string },
  format: Format,
): string | undefined {
  if (resetInMs === null || resetInMs <= 0) return undefined;
  return text.resetsIn(format.duration(Math.max(1_000, Math.round(resetInMs / 1_000) * 1_000)));
}
