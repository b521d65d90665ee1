// What an upstream is: where it leads, in which order and within which limits it is asked, and what is set for it alone.

import type { ReactElement, ReactNode } from 'react';
import type { UpstreamView } from '../../../../server/src/admin/contract.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Card } from '../../ui/card.tsx';
import { Facts } from '../../ui/facts.tsx';
import { detailMessages } from './detail-messages.ts';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Members of an object as "name value", joined; undefined for what is none or empty. */
function pairs(value: unknown, join = ' '): ReactNode {
  if (!isRecord(value) || Object.keys(value).length === 0) return undefined;
  return (
    <ul>
      {Object.entries(value).map(([name, inner]) => (
        <li key={name}>
          <span className="text-soft">{name}</span>
          {join}
          <span className="font-mono text-xs">
            {typeof inner === 'object' ? JSON.stringify(inner) : String(inner)}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The card. */
export function FactsCard({ upstream }: { readonly upstream: UpstreamView }): ReactElement {
  const text = useMessages(detailMessages);
  const format = useFormat();
  const written = upstream.written ?? {};
  return (
    <Card title={text.facts}>
      <Facts
        facts={[
          [text.provider, upstream.providerName],
          [text.formats, format.list(upstream.dialects)],
          [text.addresses, <Addresses key="addresses" urls={upstream.baseUrls} />],
          [text.priority, format.integer(upstream.priority)],
          [text.weight, format.decimal(upstream.weight, 3)],
          [text.serving, format.integer(upstream.inFlight)],
          [text.limits, pairs(written['limits'])],
          [text.keyLimits, pairs(written['keyLimits'])],
          [text.modelLimits, pairs(written['modelLimits'])],
          [text.aliases, pairs(written['aliases'], ' → ')],
          [text.proxy, written['proxy'] === undefined ? undefined : text.proxySet],
          [text.headers, headerNames(written['headers'], text.headerRemoved)],
          [text.timeouts, pairs(written['timeouts'])],
          [text.convert, convertWords(written['convert'], text, format.list)],
          [text.streaming, streamingWords(written['streaming'], text)],
          [text.traits, pairs(written['traits'])],
          [text.prices, pairs(written['prices'])],
        ]}
      />
    </Card>
  );
}

/** Each address once, with the formats that are spoken there. */
function Addresses({ urls }: { readonly urls: Readonly<Record<string, string>> }): ReactElement {
  const format = useFormat();
  const byUrl = new Map<string, string[]>();
  for (const [dialect, url] of Object.entries(urls)) byUrl.set(url, [...(byUrl.get(url) ?? []), dialect]);
  return (
    <ul>
      {[...byUrl].map(([url, dialects]) => (
        <li key={url}>
          <span className="break-all font-mono text-xs">{url}</span>
          {byUrl.size > 1 && <span className="ml-2 text-faint text-xs">{format.list(dialects)}</span>}
        </li>
      ))}
    </ul>
  );
}

/** Names alone: what a header says may be a secret. */
function headerNames(headers: unknown, removed: (name: string) => string): ReactNode {
  if (!isRecord(headers) || Object.keys(headers).length === 0) return undefined;
  const names = Object.entries(headers).map(([name, value]) => (value === null ? removed(name) : name));
  return <span className="font-mono text-xs">{names.join(', ')}</span>;
}

function convertWords(
  convert: unknown,
  text: { readonly convertAll: string; readonly convertNone: string },
  list: (words: readonly string[]) => string,
): string {
  if (Array.isArray(convert)) return list(convert.map(String));
  return convert === false ? text.convertNone : text.convertAll;
}

function streamingWords(
  streaming: unknown,
  text: { readonly streamingAny: string; readonly streamingAlways: string; readonly streamingNever: string },
): string {
  if (streaming === 'always') return text.streamingAlways;
  return streaming === 'never' ? text.streamingNever : text.streamingAny;
}
