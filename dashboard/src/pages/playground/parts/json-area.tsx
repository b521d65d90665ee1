// A text in JSON with numbers beside its lines; lines at which something is lost stand out.

import { type ReactElement, useEffect, useLayoutEffect, useRef } from 'react';
import { classes } from '../../../ui/classes.ts';
import type { Mark, Stretch } from '../wire/places.ts';
import { severityLook } from './severity.ts';

const LINE_PX = 20;
const MARGIN_PX = 8;

/** A stretch that is to be shown; another `asked` asks again. */
export interface Reveal extends Stretch {
  readonly asked: number;
}

interface JsonAreaProps {
  readonly label: string;
  readonly value: string;
  /** Absent: it can only be read. */
  readonly onChange?: (text: string) => void;
  readonly marks?: readonly Mark[];
  readonly reveal?: Reveal | undefined;
  readonly faulty?: boolean;
  readonly describedBy?: string | undefined;
  readonly className?: string;
}

/** The field. The Tab key leaves it, as in every other field. */
export function JsonArea(props: JsonAreaProps): ReactElement {
  const {
    label,
    value,
    onChange,
    marks = [],
    reveal,
    faulty = false,
    describedBy,
    className = 'h-96',
  } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLDivElement>(null);
  const stripes = useRef<HTMLDivElement>(null);
  useReveal(area, value, reveal);
  const follow = (): void => {
    const top = area.current?.scrollTop ?? 0;
    for (const { current } of [numbers, stripes]) if (current !== null) current.scrollTop = top;
  };
  // Also after every drawing: what is drawn anew may have become longer since the text was scrolled.
  useLayoutEffect(follow);
  const count = value.split('\n').length;
  return (
    <div
      className={classes(
        'flex min-h-32 resize-y overflow-hidden rounded-lg border bg-sunken font-mono text-xs leading-5 focus-within:outline-2 focus-within:outline-water focus-within:outline-offset-2',
        faulty ? 'border-bad' : 'border-line-strong',
        className,
      )}
    >
      <div
        ref={numbers}
        aria-hidden="true"
        className="shrink-0 select-none overflow-hidden border-line border-r"
      >
        <Numbers count={count} marks={marks} />
      </div>
      <div className="relative min-w-0 flex-1">
        <div
          ref={stripes}
          aria-hidden="true"
          className="pointer-events-none absolute inset-0 overflow-hidden"
        >
          <Stripes count={count} marks={marks} />
        </div>
        <textarea
          ref={area}
          aria-label={label}
          aria-invalid={faulty || undefined}
          aria-describedby={describedBy}
          readOnly={onChange === undefined}
          value={value}
          onChange={(event) => onChange?.(event.target.value)}
          onScroll={follow}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          className="relative block size-full resize-none overflow-auto bg-transparent p-2 outline-none"
        />
      </div>
    </div>
  );
}

/** Selects a stretch and brings it into sight. */
function useReveal(
  area: { readonly current: HTMLTextAreaElement | null },
  value: string,
  reveal: Reveal | undefined,
): void {
  const shown = useRef<Reveal | undefined>(undefined);
  useEffect(() => {
    const field = area.current;
    if (reveal === undefined || reveal === shown.current || field === null) return;
    shown.current = reveal;
    field.focus({ preventScroll: true });
    field.scrollIntoView({ block: 'center' });
    field.setSelectionRange(reveal.from, reveal.to);
    const line = value.slice(0, reveal.from).split('\n').length;
    field.scrollTop = Math.max(0, (line - 4) * LINE_PX);
  }, [area, value, reveal]);
}

interface LinesProps {
  readonly count: number;
  readonly marks: readonly Mark[];
}

const topOf = (line: number): number => MARGIN_PX + (line - 1) * LINE_PX;

function Numbers({ count, marks }: LinesProps): ReactElement {
  const text = Array.from({ length: count }, (_, at) => at + 1).join('\n');
  return (
    // Below the last line there is room for the scroll bar that the text may have.
    <div className="relative min-w-9 pb-8 text-right text-faint">
      <pre className="px-2 pt-2 font-mono">{text}</pre>
      {marks.map(({ line, severity }) => (
        <span
          key={line}
          style={{ top: topOf(line), height: LINE_PX }}
          className={classes('absolute inset-x-0 px-2 font-semibold', severityLook(severity).line)}
        >
          {line}
        </span>
      ))}
    </div>
  );
}

function Stripes({ count, marks }: LinesProps): ReactElement {
  return (
    <div className="relative" style={{ height: count * LINE_PX + 4 * MARGIN_PX }}>
      {marks.map(({ line, severity }) => (
        <div
          key={line}
          data-line={line}
          style={{ top: topOf(line), height: LINE_PX }}
          className={classes('absolute inset-x-0', severityLook(severity).line)}
        />
      ))}
    </div>
  );
}
