// What flows now: requests on their way as rows that move, and those that have just ended.

import { Pause, Play } from 'lucide-react';
import { type ReactElement, useMemo, useState } from 'react';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { type Ended as EndedState, useEnded } from '../../live/live-ended.ts';
import { type LiveState, useLive } from '../../live/live-events.ts';
import { FlowMeter } from '../../live/live-flow.ts';
import { learnedBytesPerToken, useTokenRate } from '../../live/token-rate.ts';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/card.tsx';
import { useIsPhone } from '../../ui/narrow.ts';
import { Empty, Loading } from '../../ui/states.tsx';
import { VirtualTable } from '../../ui/virtual-table.tsx';
import { useRequestsLook } from '../requests/columns.tsx';
import { SearchField } from '../requests/filters.tsx';
import { useKeyNames } from '../requests/key-names.ts';
import { useLiveLook } from './live-columns.tsx';
import { liveMessages } from './messages.ts';
import { useHeld, usePause } from './pause.ts';
import { endedFits, type LiveRow, liveFits, liveRows, wordsOf } from './rows.ts';

/** The page. */
export function LivePage(): ReactElement {
  const text = useMessages(liveMessages);
  const [paused, toggle] = usePause();
  const [typed, setTyped] = useState('');
  const words = useMemo(() => wordsOf(typed), [typed]);
  const live = useLive();
  const running = useHeld(useLiveRows(live), paused);
  const now = useEnded();
  const ended = useHeld(now, paused);
  const keyNames = useKeyNames();
  return (
    <Page
      title={text.title}
      hint={<State live={live} paused={paused} missed={now.count - ended.count} />}
      actions={
        <>
          <SearchField label={text.filter} hint={text.filterHint} value={typed} onChange={setTyped} />
          <Button onClick={toggle} aria-pressed={paused} title={text.pauseHint} className="min-w-26">
            {paused ? (
              <Play aria-hidden="true" className="size-4" />
            ) : (
              <Pause aria-hidden="true" className="size-4" />
            )}
            {paused ? text.resume : text.pause}
          </Button>
        </>
      }
    >
      <InFlight rows={running} words={words} connection={live.connection} keyNames={keyNames} />
      <Ended ended={ended} words={words} keyNames={keyNames} />
    </Page>
  );
}

/** The rows of the last sample, with the speeds that follow from the ones before. */
function useLiveRows({ atMs, inFlight }: LiveState): readonly LiveRow[] {
  const [flow] = useState(() => new FlowMeter());
  return useMemo(() => {
    flow.observe(atMs, inFlight);
    return liveRows(atMs, inFlight, flow, learnedBytesPerToken);
  }, [flow, atMs, inFlight]);
}

/** One line that says how things stand; always as high as one line. */
function State({
  live,
  paused,
  missed,
}: {
  readonly live: LiveState;
  readonly paused: boolean;
  readonly missed: number;
}): ReactElement {
  const text = useMessages(liveMessages);
  const format = useFormat();
  const rate = useTokenRate(true);
  const { connection, dropped } = live;
  const rates =
    rate === undefined
      ? undefined
      : text.rate(format.compact(Math.round(rate.input)), format.compact(Math.round(rate.output)));
  const lost = connection === 'lost';
  return (
    <>
      {/* Read out when it changes; the rates, which always do, are not. */}
      <span role="status" className={lost ? 'text-caution' : undefined}>
        {lost ? text.lost : connection === 'open' ? '' : text.connecting}
      </span>
      <span className="tabular-nums">
        {paused && text.paused(format.integer(missed))}
        {!paused && connection === 'open' && (rates ?? text.hint)}
      </span>
      {dropped > 0 && <span className="text-caution"> · {text.dropped(format.integer(dropped))}</span>}
    </>
  );
}

const ROW_PX = 40;
const PHONE_ROW_PX = 64;
const HEADING_PX = 36;
/** More are shown when it is wanted. */
const MOST_SHOWN = 25;
const LEAST_ROWS = 4;
const MOST_RESERVED = 12;

interface InFlightProps {
  readonly rows: readonly LiveRow[];
  readonly words: readonly string[];
  readonly connection: LiveState['connection'];
  readonly keyNames: ReadonlyMap<string, string>;
}

function InFlight({ rows, words, connection, keyNames }: InFlightProps): ReactElement {
  const text = useMessages(liveMessages);
  const format = useFormat();
  const isPhone = useIsPhone();
  const [all, setAll] = useState(false);
  const { columns, phone } = useLiveLook(keyNames);
  const fitting = useMemo(() => rows.filter((row) => liveFits(row, words)), [rows, words]);
  const shown = all ? fitting : fitting.slice(0, MOST_SHOWN);
  const minHeight = useReserved(Math.min(MOST_RESERVED, shown.length), isPhone);
  return (
    <section aria-label={text.inFlight} className="overflow-clip rounded-xl border border-line bg-surface">
      <header className="flex h-11 items-center gap-3 px-4">
        <h2 className="font-semibold text-sm">{text.inFlight}</h2>
        <span className="text-faint text-sm tabular-nums">{format.integer(fitting.length)}</span>
        {fitting.length > MOST_SHOWN && (
          <Button weight="quiet" size="small" className="ml-auto" onClick={() => setAll(!all)}>
            {all ? text.showFewer : text.showAll(format.integer(fitting.length))}
          </Button>
        )}
      </header>
      <div style={{ minHeight }}>
        {shown.length === 0 ? (
          <Empty title={words.length > 0 && rows.length > 0 ? text.nothingFits : text.nothing}>
            {connection === 'lost' ? text.lost : text.nothingHint}
          </Empty>
        ) : (
          <VirtualTable
            label={text.inFlight}
            columns={columns}
            phone={phone}
            isPhone={isPhone}
            rowHeight={ROW_PX}
            phoneHeight={PHONE_ROW_PX}
            rows={shown}
            keyOf={idOf}
            gentle
          />
        )}
      </div>
    </section>
  );
}

/** The height of as many rows as there were at most, so that what stands below does not jump with every end. */
function useReserved(rows: number, isPhone: boolean): number {
  const [most, setMost] = useState(LEAST_ROWS);
  if (rows > most) setMost(rows);
  return Math.max(rows, most) * (isPhone ? PHONE_ROW_PX : ROW_PX) + (isPhone ? 0 : HEADING_PX);
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}

interface EndedProps {
  readonly ended: EndedState;
  readonly words: readonly string[];
  readonly keyNames: ReadonlyMap<string, string>;
}

function Ended({ ended: { rows, loading, flood }, words, keyNames }: EndedProps): ReactElement {
  const text = useMessages(liveMessages);
  const isPhone = useIsPhone();
  const { columns, phone } = useRequestsLook('ended', keyNames);
  const fitting = useMemo(() => rows.filter((row) => endedFits(row, words)), [rows, words]);
  return (
    <section
      aria-label={text.ended}
      className="min-h-64 overflow-clip rounded-xl border border-line bg-surface"
    >
      <header className="flex h-11 items-center gap-3 px-4">
        <h2 className="font-semibold text-sm">{text.ended}</h2>
        <span className="text-faint text-xs">{text.endedHint}</span>
      </header>
      {fitting.length === 0 ? (
        loading ? (
          <Loading lines={6} />
        ) : (
          <Empty title={rows.length === 0 ? text.nothingEnded : text.noneEndedFit} />
        )
      ) : (
        <VirtualTable
          label={text.ended}
          columns={columns}
          phone={phone}
          isPhone={isPhone}
          rows={fitting}
          keyOf={idOf}
          gentle={!flood}
        />
      )}
    </section>
  );
}
