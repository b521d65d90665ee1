// The waterfall: one bar for each attempt, on one axis from the arrival of the request. The legend below tells the numbers
// of the attempt that is pointed at; a table says the same to screen readers.

import { type ReactElement, useState } from 'react';
import { type Format, useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { classes } from '../../../ui/classes.ts';
import { attemptMessages } from '../attempt-messages.ts';
import { endTone, endWords, type Words } from '../attempt-words.ts';
import { type Bar, type Segment, STAGES, type Stage, type Waterfall } from './layout.ts';
import { STAGE_LOOKS } from './stage-look.ts';

/** The picture with its legend. */
export function WaterfallChart({ waterfall }: { readonly waterfall: Waterfall }): ReactElement {
  const { bars } = waterfall;
  const usual = (bars.find(({ end }) => end === 'answered') ?? bars.at(-1))?.ordinal;
  const [pointed, setPointed] = useState<number | undefined>();
  const shown = bars.find(({ ordinal }) => ordinal === (pointed ?? usual)) ?? bars[0];
  return (
    <div className="relative flex flex-col gap-3">
      <div className="flex flex-col" onPointerLeave={() => setPointed(undefined)}>
        <Axis waterfall={waterfall} />
        {bars.map((bar) => (
          <BarRow
            key={bar.ordinal}
            bar={bar}
            waterfall={waterfall}
            isShown={bar === shown && bars.length > 1}
            onPoint={() => setPointed(bar.ordinal)}
          />
        ))}
      </div>
      {shown !== undefined && <Legend bar={shown} bars={bars} />}
      <NumbersTable bars={bars} />
    </div>
  );
}

const rowLook = 'grid grid-cols-1 items-center gap-x-4 gap-y-1 sm:grid-cols-[12rem_minmax(0,1fr)]';

function Axis({ waterfall: { ticksMs, totalMs } }: { readonly waterfall: Waterfall }): ReactElement {
  const format = useFormat();
  return (
    <div aria-hidden="true" className={rowLook}>
      <span className="hidden sm:block" />
      <div className="relative h-5 text-2xs text-faint tabular-nums">
        {ticksMs.map((atMs, index) => (
          <span
            key={atMs}
            className={classes(
              'absolute whitespace-nowrap',
              index > 0 && (atMs / totalMs > 0.94 ? '-translate-x-full' : '-translate-x-1/2'),
              index % 2 === 1 && 'max-sm:hidden',
            )}
            style={{ left: `${(atMs / totalMs) * 100}%` }}
          >
            {atMs === 0 ? '0' : format.duration(atMs)}
          </span>
        ))}
      </div>
    </div>
  );
}

interface BarRowProps {
  readonly bar: Bar;
  readonly waterfall: Waterfall;
  readonly isShown: boolean;
  readonly onPoint: () => void;
}

function BarRow({ bar, waterfall, isShown, onPoint }: BarRowProps): ReactElement {
  const text = useMessages(attemptMessages);
  const format = useFormat();
  const { ordinal, upstreamId, toMs, fromMs } = bar;
  const words = endWords(bar.end, text);
  return (
    <button
      type="button"
      aria-pressed={isShown}
      onClick={onPoint}
      onFocus={onPoint}
      onPointerEnter={onPoint}
      className={classes(
        rowLook,
        'relative rounded-md py-1 text-left outline-offset-0',
        isShown && 'bg-sunken',
      )}
    >
      {/* What is seen is said with more words. */}
      <span className="sr-only">
        {text.summary(format.integer(ordinal), upstreamId, words, format.duration(toMs - fromMs))}
      </span>
      <span aria-hidden="true" className="flex min-w-0 items-baseline gap-2 px-2 text-sm">
        <span className="text-faint tabular-nums">{ordinal}</span>
        <span className="min-w-0 truncate font-medium">{upstreamId}</span>
        <span className={classes('ml-auto whitespace-nowrap text-2xs', endTone(bar.end))}>{words}</span>
      </span>
      <Track bar={bar} waterfall={waterfall} />
    </button>
  );
}

function Track({ bar, waterfall }: Pick<BarRowProps, 'bar' | 'waterfall'>): ReactElement {
  const { totalMs, ticksMs } = waterfall;
  const place = (ms: number): string => `${(ms / totalMs) * 100}%`;
  return (
    <span className="relative block h-6 overflow-hidden rounded-md bg-sunken/70">
      {ticksMs.slice(1).map((atMs) => (
        <span key={atMs} className="absolute inset-y-0 w-px bg-line" style={{ left: place(atMs) }} />
      ))}
      {bar.segments
        .filter(({ fromMs, toMs }) => toMs > fromMs)
        .map(({ stage, fromMs, toMs }) => (
          <span
            key={stage}
            data-stage={stage}
            className={classes('absolute inset-y-1 min-w-0.5', stage === 'arrival' && 'inset-y-2.5')}
            style={{ left: place(fromMs), width: place(toMs - fromMs), ...STAGE_LOOKS[stage] }}
          />
        ))}
      {bar.end !== 'answered' && (
        <span
          className={classes(
            'absolute inset-y-0.5 w-1 rounded-sm',
            bar.end === 'lost' ? 'bg-faint' : 'bg-bad',
          )}
          style={{ left: `calc(${place(bar.toMs)} - 0.25rem)` }}
        />
      )}
    </span>
  );
}

function spent(segments: readonly Segment[], stage: Stage): number | undefined {
  const found = segments.find((one) => one.stage === stage);
  return found === undefined ? undefined : found.toMs - found.fromMs;
}

/** Every stage that any attempt has, with the time that it took the one that is shown. */
function Legend({ bar, bars }: { readonly bar: Bar; readonly bars: readonly Bar[] }): ReactElement {
  const text = useMessages(attemptMessages);
  const format = useFormat();
  const stages = STAGES.filter((stage) => bars.some(({ segments }) => spent(segments, stage) !== undefined));
  return (
    <div aria-hidden="true" className="flex flex-wrap items-baseline gap-x-5 gap-y-1 text-xs sm:pl-52">
      {bars.length > 1 && (
        <span className="font-medium text-soft">{text.attempt(format.integer(bar.ordinal))}</span>
      )}
      {stages.map((stage) => (
        <span key={stage} className="inline-flex items-center gap-1.5 text-faint">
          <span className="inline-block h-2.5 w-4 rounded-sm" style={STAGE_LOOKS[stage]} />
          {text[`stage_${stage}`]}
          <span className="text-ink tabular-nums">{format.duration(spent(bar.segments, stage))}</span>
        </span>
      ))}
    </div>
  );
}

function NumbersTable({ bars }: { readonly bars: readonly Bar[] }): ReactElement {
  const text: Words = useMessages(attemptMessages);
  const format = useFormat();
  return (
    // A table is never narrower than its words: what hides it has to be around it.
    <div className="sr-only">
      <table>
        <caption>{text.attempts}</caption>
        <thead>
          <tr>
            <th scope="col">{text.attempts}</th>
            <th scope="col">{text.stage}</th>
            <th scope="col">{text.from}</th>
            <th scope="col">{text.until}</th>
          </tr>
        </thead>
        <tbody>
          {bars.flatMap((bar) => bar.segments.map((segment) => numbersRow(bar, segment, text, format)))}
        </tbody>
      </table>
    </div>
  );
}

function numbersRow(bar: Bar, { stage, fromMs, toMs }: Segment, text: Words, format: Format): ReactElement {
  return (
    <tr key={`${bar.ordinal} ${stage}`}>
      <th scope="row">{`${bar.ordinal} ${bar.upstreamId}`}</th>
      <td>{text[`stage_${stage}`]}</td>
      <td>{format.duration(fromMs)}</td>
      <td>{format.duration(toMs)}</td>
    </tr>
  );
}
