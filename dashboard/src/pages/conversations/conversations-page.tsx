// The list of conversations: what each run of an agent came to, those with the newest requests first.

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { MessagesSquare } from 'lucide-react';
import { type ReactElement, useMemo } from 'react';
import type { ConversationPage as Answer, ConversationRow } from '../../../../server/src/admin/contract.ts';
import { type ApiError, ask, type Query } from '../../api/http.ts';
import { REFRESH_MS } from '../../api/queries.ts';
import { periodQuery } from '../../app/period.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Page } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { useIsPhone } from '../../ui/narrow.ts';
import { PeriodPicker } from '../../ui/period-picker.tsx';
import { Empty, Failure, Loading } from '../../ui/states.tsx';
import { VirtualTable } from '../../ui/virtual-table.tsx';
import { SearchField } from '../requests/filters.tsx';
import { useConversationsLook } from './conversation-columns.tsx';
import { conversationMessages } from './messages.ts';

const PAGE_ROWS = 50;

function useConversations(query: Query) {
  return useInfiniteQuery({
    queryKey: ['/conversations', query],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      ask<Answer>('/conversations', {
        query: { ...query, limit: PAGE_ROWS, ...(pageParam === undefined ? {} : { before: pageParam }) },
        signal,
      }),
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
    // A long list stays as it is, because every page of it would have to be asked for again.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : REFRESH_MS),
    refetchOnWindowFocus: false,
  });
}

/** The page. */
export function ConversationsPage(): ReactElement {
  const text = useMessages(conversationMessages);
  const search = useSearch({ from: '/conversations' });
  const navigate = useNavigate();
  const words = search.search;
  const query = { ...periodQuery(search), ...(words === undefined ? {} : { search: words }) };
  const asked = useConversations(query);
  const choose = (value: string): void => {
    const { search: _search, ...rest } = search;
    void navigate({ to: '/conversations', search: value === '' ? rest : { ...rest, search: value } });
  };
  return (
    <Page title={text.title} hint={text.hint} actions={<PeriodPicker />}>
      <div className="flex">
        <SearchField label={text.search} hint={text.searchHint} value={words ?? ''} onChange={choose} />
      </div>
      <section
        aria-label={text.table}
        aria-busy={asked.isPlaceholderData || undefined}
        className={classes(
          'min-h-96 overflow-clip rounded-xl border border-line bg-surface transition-opacity',
          asked.isPlaceholderData && 'opacity-60',
        )}
      >
        <List
          asked={asked}
          narrowed={words !== undefined || search.last !== undefined || search.from !== undefined}
        />
      </section>
    </Page>
  );
}

interface ListProps {
  readonly asked: ReturnType<typeof useConversations>;
  readonly narrowed: boolean;
}

function List({ asked, narrowed }: ListProps): ReactElement {
  const text = useMessages(conversationMessages);
  const format = useFormat();
  const isPhone = useIsPhone();
  const { columns, phone } = useConversationsLook();
  const { data, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = asked;
  const rows = useMemo(() => data?.pages.flatMap(({ conversations }) => conversations), [data]);
  // What useInfiniteQuery catches is what `ask` throws.
  const error = asked.error as ApiError | null;
  if (rows === undefined)
    return error === null ? (
      <Loading lines={9} />
    ) : (
      <Failure error={error} onRetry={() => void asked.refetch()} />
    );
  if (rows.length === 0 && !hasNextPage)
    return (
      <Empty icon={MessagesSquare} title={narrowed ? text.none : text.noneYet}>
        {narrowed ? text.noneHint : text.noneYetHint}
      </Empty>
    );
  return (
    <>
      <VirtualTable
        label={text.table}
        columns={columns}
        phone={phone}
        isPhone={isPhone}
        rowHeight={44}
        rows={rows}
        keyOf={idOf}
        onNearEnd={() => {
          if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
        }}
      />
      {isFetchNextPageError && error !== null ? (
        <Failure error={error} onRetry={() => void fetchNextPage()} />
      ) : (
        <p className="flex h-10 items-center justify-center px-4 text-faint text-xs">
          {hasNextPage ? text.older : text.allShown(format.integer(rows.length))}
        </p>
      )}
    </>
  );
}

function idOf({ id }: ConversationRow): string {
  return id;
}
