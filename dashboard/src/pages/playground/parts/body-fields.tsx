// The body of a request in one format, written by hand; and, for the form, how its body looks.

import { type ReactElement, useId } from 'react';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { playgroundMessages } from '../messages.ts';
import { type Bench, bench, bodyText, change, opened } from '../state/bench.ts';
import { faultOf, laidOut } from '../wire/body.ts';
import { type Dialect, FORMATS } from '../wire/formats.ts';
import type { Mark } from '../wire/places.ts';
import { JsonArea, type Reveal } from './json-area.tsx';

interface BodyFieldsProps {
  readonly state: Bench;
  readonly dialect: Dialect;
  readonly marks: readonly Mark[];
  readonly reveal: Reveal | undefined;
}

/** The editor. */
export function BodyFields({ state, dialect, marks, reveal }: BodyFieldsProps): ReactElement {
  const text = useMessages(playgroundMessages);
  const wordsId = useId();
  const body = bodyText(state, dialect);
  const fault = faultOf(body);
  const write = (next: string): void => change({ bodies: { ...bench.get().bodies, [dialect]: next } });
  const startOver = (): void => {
    const { [dialect]: _left, ...bodies } = bench.get().bodies;
    change({ bodies });
  };
  return (
    <div className="flex flex-col gap-2">
      <JsonArea
        label={text.body(FORMATS[dialect].name)}
        value={body}
        onChange={write}
        marks={marks}
        reveal={reveal}
        faulty={fault !== undefined}
        describedBy={wordsId}
        className="h-[26rem]"
      />
      <div className="flex min-h-7 flex-wrap items-center gap-2">
        <p id={wordsId} className="min-w-0 text-bad text-xs">
          {fault !== undefined && text.notJson(fault.line, fault.column)}
        </p>
        <div className="ml-auto flex gap-1">
          <Button
            size="small"
            weight="quiet"
            disabled={fault !== undefined}
            onClick={() => write(laidOut(body))}
          >
            {text.layOut}
          </Button>
          <Button
            size="small"
            weight="quiet"
            disabled={state.bodies[dialect] === undefined}
            onClick={startOver}
          >
            {text.startOver}
          </Button>
        </div>
      </div>
    </div>
  );
}

interface FormBodyProps {
  readonly body: string;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  readonly marks: readonly Mark[];
  readonly reveal: Reveal | undefined;
}

/** What the form stands for, to be looked at. */
export function FormBody({ body, isOpen, onOpen, marks, reveal }: FormBodyProps): ReactElement {
  const text = useMessages(playgroundMessages);
  return (
    <details open={isOpen} onToggle={(event) => onOpen(event.currentTarget.open)}>
      <summary className="w-fit rounded font-medium text-soft text-xs">{text.asJson}</summary>
      {isOpen && (
        <div className="mt-2 flex flex-col gap-2">
          <JsonArea label={text.asJson} value={body} marks={marks} reveal={reveal} className="h-64" />
          <div className="flex items-center gap-2">
            <p className="text-faint text-xs">{text.asJsonHint}</p>
            <Button
              size="small"
              weight="quiet"
              className="ml-auto"
              onClick={() => bench.set(opened(bench.get(), { dialect: 'openai-chat', text: body }))}
            >
              {text.editJson}
            </Button>
          </div>
        </div>
      )}
    </details>
  );
}
