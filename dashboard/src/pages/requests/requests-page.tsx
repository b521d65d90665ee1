// The list of requests: everything in the ledger, newest first, narrowed by filters that stand in the address.

import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ArrowUp, Download, Inbox } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ExchangeRow } from '../../../../server/src/admin/contract.ts';
import { LENGTHS_MS } from '../../app/period.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Page } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { useIsPhone } from '../../ui/narrow.ts';
import { PeriodPicker } from '../../ui/period-picker.tsx';
import { Empty, Failure, Loading } from '../../ui/states.tsx';
import { VirtualTable } from '../../ui/virtual-table.tsx';
import { useRequestsLook } from './columns.tsx';
import { csvOf, download, jsonOf } from './export.ts';
import { Filters } from './filters.tsx';
import { useKeyNames } from './key-names.ts';
import { requestsMessages } from './messages.ts';
import { type RowPages, useNewCount, useRowPages } from './pages-of-rows.ts';
import { chipsOf, type RequestsSearch } from './search.ts';

/** The page. */
export function RequestsPage(): ReactElement {
  const text = useMessages(requestsMessages);
  const search = useSearch({ from: '/requests' });
  const navigate = useNavigate();
  const keyNames = useKeyNames();
  const pages = useRowPages(search);
  const choose = (next: RequestsSearch): void => void navigate({ to: '/requests', search: next });
  return (
    <Page
      title={text.title}
      hint={text.hint}
      actions={
        <>
          <NewOnes search={search} pages={pages} />
          <PeriodPicker />
          <ExportMenu rows={pages.rows ?? []} />
        </>
      }
    >
      <Filters search={search} keyNames={keyNames} onChange={choose} />
      <section
        aria-label={text.table}
        aria-busy={pages.stale || undefined}
        className={classes(
          'min-h-96 overflow-clip rounded-xl border border-line bg-surface transition-opacity',
          pages.stale && 'opacity-60',
        )}
      >
        <List search={search} pages={pages} keyNames={keyNames} />
      </section>
    </Page>
  );
}

/** A quiet button where there is something new; the list itself does not move. */
function NewOnes({
  search,
  pages,
}: {
  readonly search: RequestsSearch;
  readonly pages: RowPages;
}): ReactElement | null {
  const text = useMessages(requestsMessages);
  const format = useFormat();
  const count = useNewCount(search, pages.head);
  if (count === 0) return null;
  const show = (): void => {
    pages.renew();
    window.scrollTo({ top: 0 });
  };
  return (
    <Button title={text.newHint} onClick={show} className="text-water! tabular-nums">
      <ArrowUp aria-hidden="true" className="size-4" />
      {text.newOnes(format.integer(count))}
    </Button>
  );
}

function ExportMenu({ rows }: { readonly rows: readonly ExchangeRow[] }): ReactElement {
  const text = useMessages(requestsMessages);
  return (
    <Menu
      trigger={
        <Button disabled={rows.length === 0}>
          <Download aria-hidden="true" className="size-4" />
          {text.export}
        </Button>
      }
    >
      <MenuItem onChoose={() => download('sluice-requests.csv', 'text/csv;charset=utf-8', csvOf(rows))}>
        {text.exportCsv}
      </MenuItem>
      <MenuItem onChoose={() => download('sluice-requests.json', 'application/json', jsonOf(rows))}>
        {text.exportJson}
      </MenuItem>
    </Menu>
  );
}

/** Within a day the hour tells enough. */
function timesOf({ last = '24h', from, to }: RequestsSearch): 'time' | 'dateTime' {
  const lengthMs = from !== undefined && to !== undefined ? to - from : LENGTHS_MS[last];
  return lengthMs <= LENGTHS_MS['24h'] && to === undefined ? 'time' : 'dateTime';
}

function List({
  search,
  pages,
  keyNames,
}: {
  readonly search: RequestsSearch;
  readonly pages: RowPages;
  readonly keyNames: ReadonlyMap<string, string>;
}): ReactElement {
  const text = useMessages(requestsMessages);
  const isPhone = useIsPhone();
  const { columns, phone } = useRequestsLook(timesOf(search), keyNames);
  const { rows, error, hasMore } = pages;
  if (rows === undefined)
    return error === null ? <Loading lines={9} /> : <Failure error={error} onRetry={pages.renew} />;
  if (rows.length === 0 && !hasMore) return <NoRows search={search} />;
  return (
    <>
      <VirtualTable
        label={text.table}
        columns={columns}
        phone={phone}
        isPhone={isPhone}
        rows={rows}
        keyOf={idOf}
        onNearEnd={pages.more}
      />
      <ListEnd pages={pages} count={rows.length} />
    </>
  );
}

function idOf({ id }: ExchangeRow): string {
  return id;
}

function ListEnd({ pages, count }: { readonly pages: RowPages; readonly count: number }): ReactElement {
  const text = useMessages(requestsMessages);
  const format = useFormat();
  const { hasMore, failedMore, moreAgain, error } = pages;
  if (failedMore && error !== null) return <Failure error={error} onRetry={moreAgain} />;
  return (
    <p className="flex h-10 items-center justify-center px-4 text-faint text-xs">
      {hasMore ? text.older : text.allShown(format.integer(count))}
    </p>
  );
}

function NoRows({ search }: { readonly search: RequestsSearch }): ReactElement {
  const text = useMessages(requestsMessages);
  const narrowed = chipsOf(search).length > 0 || search.search !== undefined;
  if (narrowed || search.last !== undefined || search.from !== undefined) {
    return (
      <Empty icon={Inbox} title={text.none}>
        {text.noneHint}
      </Empty>
    );
  }
  return (
    <Empty
      icon={Inbox}
      title={text.noneYet}
      action={
        <Link to="/setup" className={buttonLook()}>
          {text.setup}
        </Link>
      }
    >
      {text.noneYetHint}
    </Empty>
  );
}
