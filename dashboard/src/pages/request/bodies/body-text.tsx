// The lines of a body. A long one is cut until all of it is asked for, and then only what is in sight is laid out.

import { type CSSProperties, type ReactElement, useState } from 'react';
import { useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { classes } from '../../../ui/classes.ts';
import { actionMessages } from '../action-messages.ts';
import type { LossRow } from '../losses.ts';
import type { BodyLine } from './lines.ts';

const FIRST_LINES = 120;
const FIRST_SIGNS = 1_500;
/** Lines that are laid out together. */
const BLOCK_LINES = 60;

/** What stands beside some of the lines. */
export interface Marks {
  /** Lines that only this body has. */
  readonly only?: ReadonlySet<number> | undefined;
  /** There are so many of them that a colour for each would say nothing. */
  readonly quiet?: boolean | undefined;
  readonly losses?: ReadonlyMap<number, readonly LossRow[]> | undefined;
}

interface BodyTextProps {
  readonly label: string;
  readonly lines: readonly BodyLine[];
  readonly marks: Marks;
  /** Each line is something of its own. */
  readonly spaced?: boolean;
}

/** The lines. */
export function BodyText({ label, lines, marks, spaced = false }: BodyTextProps): ReactElement {
  const text = useMessages(actionMessages);
  const format = useFormat();
  const [isWhole, setWhole] = useState(false);
  const isLong = lines.length > FIRST_LINES || lines.some((line) => line.text.length > FIRST_SIGNS);
  const shown = isWhole ? lines : lines.slice(0, FIRST_LINES);
  const blocks = Array.from({ length: Math.ceil(shown.length / BLOCK_LINES) }, (_, at) => at * BLOCK_LINES);
  return (
    <>
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
        tabIndex={0}
        className="relative max-h-[28rem] overflow-auto rounded-lg border border-line bg-sunken py-2 font-mono text-xs leading-5"
      >
        {blocks.map((from) => (
          <Block
            key={from}
            lines={shown.slice(from, from + BLOCK_LINES)}
            from={from}
            marks={marks}
            spaced={spaced}
            isWhole={isWhole}
          />
        ))}
      </section>
      {isLong && !isWhole && (
        <Button size="small" className="mt-2" onClick={() => setWhole(true)}>
          {text.showAll(format.integer(lines.length))}
        </Button>
      )}
    </>
  );
}

interface BlockProps {
  readonly lines: readonly BodyLine[];
  readonly from: number;
  readonly marks: Marks;
  readonly spaced: boolean;
  readonly isWhole: boolean;
}

function Block({ lines, from, marks, spaced, isWhole }: BlockProps): ReactElement {
  const style: CSSProperties = isWhole
    ? { contentVisibility: 'auto', containIntrinsicSize: `auto ${lines.length * 1.25}rem` }
    : {};
  return (
    <div style={style} className={classes(spaced && 'flex flex-col gap-1.5')}>
      {lines.map((line, index) => (
        <Line
          // biome-ignore lint/suspicious/noArrayIndexKey: lines never change their order.
          key={index}
          line={line}
          isOnly={marks.only?.has(from + index) === true}
          isQuiet={marks.quiet === true}
          losses={marks.losses?.get(from + index)}
          isWhole={isWhole}
        />
      ))}
    </div>
  );
}

interface LineProps {
  readonly line: BodyLine;
  readonly isOnly: boolean;
  readonly isQuiet: boolean;
  readonly losses: readonly LossRow[] | undefined;
  readonly isWhole: boolean;
}

function Line({ line, isOnly, isQuiet, losses, isWhole }: LineProps): ReactElement {
  const text = useMessages(actionMessages);
  const format = useFormat();
  const cut = isWhole ? 0 : Math.max(0, line.text.length - FIRST_SIGNS);
  const sign = losses !== undefined ? '!' : isOnly ? '≠' : '';
  const words =
    losses?.map(({ feature, note }) => note ?? feature).join(' ') ?? (isOnly ? text.onlyHere : undefined);
  return (
    <div
      title={words}
      className={classes(
        'grid grid-cols-[1.25rem_minmax(0,1fr)] pr-2',
        losses !== undefined ? 'bg-caution-soft' : isOnly && !isQuiet && 'bg-water-soft',
      )}
    >
      <span
        className={classes(
          'select-none text-center font-semibold',
          losses === undefined ? 'text-water' : 'text-caution',
        )}
      >
        {sign}
        {words !== undefined && <span className="sr-only">{words}</span>}
      </span>
      <span className="whitespace-pre-wrap break-words [overflow-wrap:anywhere]">
        {line.event !== undefined && <span className="text-water">{line.event} </span>}
        {cut === 0 ? line.text : line.text.slice(0, FIRST_SIGNS)}
        {cut > 0 && <span className="text-faint">{text.moreSigns(format.integer(cut))}</span>}
      </span>
    </div>
  );
}
