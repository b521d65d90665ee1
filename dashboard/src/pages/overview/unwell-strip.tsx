// What is unwell, one sentence each, with the way to mend it; one calm line when nothing is.

import { Link, type LinkProps } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { KeyList, Status } from '../../../../server/src/admin/contract.ts';
import { usePeriod } from '../../app/period.ts';
import { type Format, useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Lamp } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { type OverviewText, overviewMessages } from './messages.ts';
import type { Finding } from './unwell.ts';

const SHOWN = 4;

interface UnwellProps {
  /** undefined: not known yet. */
  readonly findings: readonly Finding[] | undefined;
  readonly status: Status | undefined;
  readonly keys: KeyList | undefined;
}

/** The strip. */
export function UnwellStrip({ findings, status, keys }: UnwellProps): ReactElement {
  const text = useMessages(overviewMessages);
  const [all, setAll] = useState(false);
  if (findings === undefined) return <Skeleton className="h-11 rounded-xl" />;
  const frame = 'rounded-xl border border-line bg-surface text-sm';
  if (findings.length === 0)
    return (
      <section aria-label={text.unwell} className={`${frame} flex min-h-11 items-center gap-2.5 px-4 py-2`}>
        <Lamp tone="good" />
        <p className="min-w-0">
          <span className="font-medium">{text.allWell}</span>{' '}
          <span className="text-faint">
            {text.allWellOf(
              text.upstreamCount(status?.upstreams ?? 0),
              text.keyCount(keys?.keys.filter(({ disabled }) => !disabled).length ?? 0),
            )}
          </span>
        </p>
      </section>
    );
  const shown = all ? findings : findings.slice(0, SHOWN);
  return (
    <section aria-label={text.unwell} className={`${frame} overflow-hidden`}>
      <h2 className="sr-only">{text.unwellCount(findings.length)}</h2>
      <ul>
        {shown.map((finding) => (
          <li key={finding.id} className="border-line border-b last:border-b-0">
            <FindingRow finding={finding} />
          </li>
        ))}
      </ul>
      {findings.length > SHOWN && (
        <div className="border-line border-t px-2 py-1">
          <Button weight="quiet" size="small" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? text.showFewer : text.showAll(findings.length)}
          </Button>
        </div>
      )}
    </section>
  );
}

function FindingRow({ finding }: { readonly finding: Finding }): ReactElement {
  const text = useMessages(overviewMessages);
  const format = useFormat();
  const [period] = usePeriod();
  const { who, sentence, action, link } = wordsOf(finding, format, text);
  return (
    <Link
      {...link}
      search={{ ...period, ...link.search }}
      className="flex min-h-11 items-center gap-2.5 px-4 py-2 hover:bg-sunken/60"
    >
      <Lamp tone={finding.tone} />
      <span className="min-w-0 flex-1">
        <span className="font-medium">{who}</span> <span className="text-soft">{sentence}</span>
      </span>
      <span className="hidden shrink-0 text-faint text-xs sm:inline">{action}</span>
      <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-faint" />
    </Link>
  );
}

interface FindingWords {
  readonly who: string;
  readonly sentence: string;
  readonly action: string;
  readonly link: Pick<LinkProps, 'to' | 'params'> & { readonly search?: { readonly tab?: string } };
}

/** A finding in words, and where it leads. */
function wordsOf(finding: Finding, format: Format, text: OverviewText): FindingWords {
  switch (finding.kind) {
    case 'standing': {
      const { upstream, key, model, why, untilAtMs } = finding;
      const until = untilAtMs === undefined ? '' : ` ${text.until(format.time(untilAtMs))}`;
      const who = [upstream, key, model].filter((part) => part !== undefined).join(' / ');
      return { who, sentence: `${why}${until}`, ...toUpstream(upstream, text) };
    }
    case 'account': {
      const { upstream, account, remedy } = finding;
      const sentence = remedy === undefined ? text.accountEnded : text.accountLost(remedy);
      return { who: `${upstream} / ${account}`, sentence, ...toUpstream(upstream, text) };
    }
    case 'all-keys-off':
      return { who: finding.upstream, sentence: text.allKeysOff, ...toUpstream(finding.upstream, text) };
    case 'config':
      return {
        who: finding.path === '' ? text.configuration : finding.path,
        sentence: finding.message,
        action: text.lookConfig,
        link: { to: '/configuration' },
      };
    case 'unpriced': {
      const models = format.list(finding.models.slice(0, 3));
      const more = finding.models.length > 3 ? ' …' : '';
      return {
        who: text.prices,
        sentence: text.unpricedOf(format.integer(finding.requests), `${models}${more}`),
        action: text.lookPrices,
        link: { to: '/models', search: { tab: 'unpriced' } },
      };
    }
    case 'not-ready':
    case 'notice':
      return {
        who: text.gateway,
        sentence: finding.kind === 'notice' ? finding.text : text.notReady,
        ...toSystem(text),
      };
    default:
      return { who: text.ledger, sentence: ledgerSentence(finding, format, text), ...toSystem(text) };
  }
}

type OfLedger = Extract<Finding, { readonly kind: 'lost' | 'waiting' | 'storage' | 'no-archive' }>;

function ledgerSentence(finding: OfLedger, format: Format, text: OverviewText): string {
  if (finding.kind === 'lost') return text.lost(format.integer(finding.count));
  if (finding.kind === 'waiting') return text.waiting(format.integer(finding.count));
  return finding.kind === 'storage'
    ? text.storage(format.bytes(finding.bytes), format.bytes(finding.limit))
    : text.noArchive;
}

function toUpstream(id: string, text: OverviewText): Pick<FindingWords, 'action' | 'link'> {
  return { action: text.lookUpstream, link: { to: '/upstreams/$id', params: { id } } };
}

function toSystem(text: OverviewText): Pick<FindingWords, 'action' | 'link'> {
  return { action: text.lookSystem, link: { to: '/system' } };
}
