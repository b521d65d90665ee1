// Where requests went and who made them: one table, by provider, upstream, key, model, client or route.

import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactElement, useMemo } from 'react';
import type { Groups } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { periodQuery, usePeriod } from '../../app/period.ts';
import { type Format, useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { Answered, Empty } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { type GroupRow, groupRows } from './groups.ts';
import { type OverviewText, overviewMessages } from './messages.ts';
import { filterOf, type Known, namingOf } from './naming.ts';
import { GROUPINGS, type GroupBy } from './timeline.ts';
import { groupingName } from './timeline-card.tsx';
import { allTokens } from './totals.ts';

/** The grouping that stands in the address. */
function useGrouping(): readonly [GroupBy, (by: GroupBy) => void] {
  const { tab } = useSearch({ strict: false });
  const navigate = useNavigate();
  const by = GROUPINGS.find((one) => one === tab) ?? 'upstream';
  const choose = (next: GroupBy): void => {
    void navigate({ to: '.', search: (now) => ({ ...now, tab: next }), replace: true, resetScroll: false });
  };
  return [by, choose];
}

/** The card. */
export function GroupsCard({ known }: { readonly known: Known }): ReactElement {
  const text = useMessages(overviewMessages);
  const [by, choose] = useGrouping();
  return (
    <Card
      flush
      title={text.groups}
      hint={text.groupsHint}
      className="min-h-72"
      actions={
        <Segmented
          label={text.groups}
          value={by}
          options={GROUPINGS.map((value) => {
            return { value, label: groupingName(value, text) };
          })}
          onChange={choose}
        />
      }
    >
      {/* One for each: the names of another grouping must not stand in for these while they are asked for. */}
      <GroupTable key={by} by={by} known={known} />
    </Card>
  );
}

function GroupTable({ by, known }: { readonly by: GroupBy; readonly known: Known }): ReactElement {
  const text = useMessages(overviewMessages);
  const format = useFormat();
  const [period] = usePeriod();
  const asked = useAsk<Groups>('/groups', {
    ...periodQuery(period),
    by: by === 'provider' ? 'upstream' : by,
  });
  const columns = useMemo(() => columnsOf(by, known, format, text), [by, known, format, text]);
  return (
    <Answered asked={asked}>
      {(groups) => (
        <Table
          label={text.groups}
          columns={columns}
          rows={groupRows(groups, namingOf(by, known, text), text.noneOrOthers)}
          keyOf={({ group }) => (group === undefined ? '' : `=${group}`)}
          empty={<Empty title={text.noGroups}>{text.noGroupsHint}</Empty>}
        />
      )}
    </Answered>
  );
}

function columnsOf(
  by: GroupBy,
  known: Known,
  format: Format,
  text: OverviewText,
): readonly Column<GroupRow>[] {
  return [
    {
      id: 'name',
      title: groupingName(by, text),
      cell: (row) => <GroupName row={row} by={by} known={known} />,
      by: ({ label }) => label,
    },
    {
      id: 'share',
      title: text.share,
      cell: ({ share }) => <ShareBar share={share} words={format.percent(share)} />,
      by: ({ share }) => share,
      from: 'md',
    },
    {
      id: 'requests',
      title: text.requests,
      cell: ({ totals }) => format.integer(totals.requests),
      by: ({ totals }) => totals.requests,
      align: 'right',
    },
    {
      id: 'errors',
      title: text.errorShare,
      cell: ({ totals: { errors, requests } }) => (
        <span className={classes('whitespace-nowrap', errors > 0 ? 'text-bad' : 'text-faint')}>
          {errors === 0 ? '0' : format.percent(errors / requests)}
        </span>
      ),
      by: ({ totals: { errors, requests } }) => (requests === 0 ? undefined : errors / requests),
      align: 'right',
    },
    {
      id: 'tokens',
      title: text.tokens,
      cell: ({ totals }) => format.compact(allTokens(totals)),
      by: ({ totals }) => allTokens(totals),
      align: 'right',
      from: 'sm',
    },
    {
      id: 'ttft',
      title: `${text.ttft} (${text.medianShort})`,
      cell: ({ totals: { ttft } }) => format.duration(ttft.count === 0 ? undefined : ttft.p50Ms),
      by: ({ totals: { ttft } }) => (ttft.count === 0 ? undefined : ttft.p50Ms),
      align: 'right',
      from: 'lg',
    },
    {
      id: 'cost',
      title: text.cost,
      cell: ({ totals }) => format.money(totals.costNanoUsd),
      by: ({ totals }) => totals.costNanoUsd,
      align: 'right',
    },
  ];
}

function GroupName({
  row: { group, label },
  by,
  known,
}: {
  readonly row: GroupRow;
  readonly by: GroupBy;
  readonly known: Known;
}): ReactElement {
  const [period] = usePeriod();
  const look = 'block max-w-40 truncate sm:max-w-72 xl:max-w-md';
  if (group === undefined) return <span className={classes(look, 'text-faint')}>{label}</span>;
  return (
    <Link
      to="/requests"
      search={{ ...periodQuery(period), ...filterOf(by, group, known) }}
      title={label}
      className={classes(look, 'font-medium hover:text-water hover:underline')}
    >
      {label}
    </Link>
  );
}

function ShareBar({ share, words }: { readonly share: number; readonly words: string }): ReactElement {
  return (
    <div className="flex w-32 items-center gap-2 xl:w-56">
      <div aria-hidden="true" className="h-1.5 min-w-0 flex-1 overflow-hidden rounded-full bg-sunken">
        <div className="h-full rounded-full bg-water" style={{ width: `${share * 100}%` }} />
      </div>
      <span className="w-12 text-right text-faint text-xs tabular-nums">{words}</span>
    </div>
  );
}
