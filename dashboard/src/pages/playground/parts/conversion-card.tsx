// The same request, or an answer, in the other three formats, with what is lost on the way. Nothing is sent.

import { type ReactElement, useState } from 'react';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { classes } from '../../../ui/classes.ts';
import { TextArea } from '../../../ui/field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Failure, Loading } from '../../../ui/states.tsx';
import { playgroundMessages } from '../messages.ts';
import { type Bench, change } from '../state/bench.ts';
import type { Run } from '../state/run.ts';
import { eventsText } from '../wire/event-reader.ts';
import { DIALECTS, type Dialect, dialectOf, FORMATS, formatOf } from '../wire/formats.ts';
import type { Conversion } from './conversion.ts';
import { ConversionTarget, type OnPlace } from './conversion-target.tsx';

interface ConversionCardProps {
  readonly state: Bench;
  readonly conversion: Conversion;
  /** Of the format that is open, if it was asked: its answer can be converted. */
  readonly run: Run | undefined;
  /** How a place of the request is shown; undefined where there is none. */
  readonly onPlace: OnPlace;
}

/** The card. */
export function ConversionCard({ state, conversion, run, onPlace }: ConversionCardProps): ReactElement {
  const text = useMessages(playgroundMessages);
  return (
    <Card
      title={text.conversion}
      hint={text.conversionHint}
      className="min-h-96"
      actions={
        <Segmented
          label={text.what}
          value={state.converting}
          options={[
            { value: 'request', label: text.whatRequest },
            { value: 'answer', label: text.whatAnswer },
          ]}
          onChange={(converting) => change({ converting })}
        />
      }
    >
      <div className="flex min-w-0 flex-col gap-4">
        {state.converting === 'answer' && <AnswerField state={state} run={run} />}
        <Targets state={state} conversion={conversion} onPlace={onPlace} />
      </div>
    </Card>
  );
}

function AnswerField({ state, run }: { readonly state: Bench; readonly run: Run | undefined }): ReactElement {
  const text = useMessages(playgroundMessages);
  const dialect = formatOf(state.mode);
  const last = run?.asked.dialect === dialect && run.reply.blocks.length > 0 ? run : undefined;
  return (
    <div className="flex flex-col gap-2">
      <TextArea
        label={text.pasted(FORMATS[dialect].name)}
        rows={7}
        value={state.answer}
        onChange={(event) => change({ answer: event.target.value })}
      />
      <Button
        size="small"
        className="self-start"
        disabled={last === undefined}
        onClick={() => change({ answer: last?.body ?? eventsText(last?.events ?? []) })}
      >
        {text.takeAnswer}
      </Button>
    </div>
  );
}

function Targets({ state, conversion, onPlace }: Omit<ConversionCardProps, 'run'>): ReactElement {
  const text = useMessages(playgroundMessages);
  const { targets, error, idle } = conversion;
  const [chosen, setChosen] = useState<Dialect>('anthropic-messages');
  if (idle !== undefined)
    return <p className="text-faint text-sm">{idle === 'long' ? text.tooLong : text.emptyAnswer}</p>;
  if (targets === undefined) return error === null ? <Loading lines={6} /> : <Failure error={error} />;
  const source = formatOf(state.mode);
  const formats = DIALECTS.filter((dialect) => dialect !== source);
  const open = formats.find((dialect) => dialect === chosen) ?? formats[0] ?? 'openai-chat';
  return (
    <>
      <Segmented
        className="self-start xl:hidden"
        label={text.target}
        value={open}
        options={formats.map((value) => ({ value, label: FORMATS[value].short }))}
        onChange={setChosen}
      />
      <div className="grid min-w-0 gap-4 xl:grid-cols-3">
        {targets.map((target) => {
          const dialect = dialectOf(target.to);
          if (dialect === undefined) return null;
          return (
            <div key={dialect} className={classes('min-w-0 xl:block', dialect !== open && 'hidden')}>
              <ConversionTarget
                target={target}
                dialect={dialect}
                isRequest={state.converting === 'request'}
                onPlace={onPlace}
              />
            </div>
          );
        })}
      </div>
    </>
  );
}
