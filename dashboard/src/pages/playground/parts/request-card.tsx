// What is sent: the form or the body of a format, the model, and what else belongs to it.

import type { KeyboardEvent, ReactElement } from 'react';
import { useMessages } from '../../../language/messages.ts';
import { Card } from '../../../ui/card.tsx';
import { CheckField, TextArea, TextField } from '../../../ui/field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { playgroundMessages } from '../messages.ts';
import { type Bench, bench, change, type Outgoing, withModel, withStream } from '../state/bench.ts';
import { anyRunning, runs, sendAll } from '../state/runs.ts';
import { DIALECTS, FORMATS, type Mode } from '../wire/formats.ts';
import { readHeaderLines } from '../wire/header-lines.ts';
import type { Mark } from '../wire/places.ts';
import { BodyFields, FormBody } from './body-fields.tsx';
import { ChatFields } from './chat-fields.tsx';
import { ExplainLine } from './explain-line.tsx';
import type { Reveal } from './json-area.tsx';
import { ModelField } from './model-field.tsx';
import { SendBar } from './send-bar.tsx';

/** What the places of losses need of the page. */
export interface Showing {
  readonly marks: readonly Mark[];
  readonly reveal: Reveal | undefined;
  /** The body of the form can be seen. */
  readonly isBodyOpen: boolean;
  readonly onBodyOpen: (isOpen: boolean) => void;
}

interface RequestCardProps {
  readonly state: Bench;
  readonly outgoing: Outgoing;
  readonly showing: Showing;
}

/** The card. */
export function RequestCard({ state, outgoing, showing }: RequestCardProps): ReactElement {
  const text = useMessages(playgroundMessages);
  const { mode } = state;
  const { marks, reveal, isBodyOpen, onBodyOpen } = showing;
  const keyed = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!anyRunning(runs.get())) void sendAll();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the fields within; the button does the same.
    <div onKeyDown={keyed} className="min-w-0">
      <Card title={text.request} actions={<ModeChoice mode={mode} />}>
        <div className="flex flex-col gap-3">
          <ModelLine outgoing={outgoing} />
          {mode === 'chat' ? (
            <>
              <ChatFields form={state.chat} />
              <FormBody
                body={outgoing.text}
                isOpen={isBodyOpen}
                onOpen={onBodyOpen}
                marks={marks}
                reveal={reveal}
              />
            </>
          ) : (
            <BodyFields key={mode} state={state} dialect={mode} marks={marks} reveal={reveal} />
          )}
          <More state={state} />
          <SendBar state={state} />
        </div>
      </Card>
    </div>
  );
}

function ModeChoice({ mode }: { readonly mode: Mode }): ReactElement {
  const text = useMessages(playgroundMessages);
  const modes: readonly Mode[] = ['chat', ...DIALECTS];
  return (
    <Segmented
      label={text.mode}
      value={mode}
      options={modes.map((value) => ({
        value,
        label: value === 'chat' ? text.chat : FORMATS[value].short,
        title: value === 'chat' ? text.chat : FORMATS[value].name,
      }))}
      onChange={(value) => change({ mode: value })}
    />
  );
}

function ModelLine({ outgoing }: { readonly outgoing: Outgoing }): ReactElement {
  const text = useMessages(playgroundMessages);
  return (
    <div>
      <div className="mb-1.5 flex items-end gap-4">
        <ModelField
          className="flex-1"
          label={text.model}
          value={outgoing.model}
          onChange={(model) => bench.set(withModel(bench.get(), model))}
        />
        <CheckField
          label={text.stream}
          className="h-9 items-center"
          checked={outgoing.stream}
          onChange={(event) => bench.set(withStream(bench.get(), event.target.checked))}
        />
      </div>
      <ExplainLine outgoing={outgoing} />
    </div>
  );
}

function More({ state }: { readonly state: Bench }): ReactElement {
  const text = useMessages(playgroundMessages);
  const { faultyLine } = readHeaderLines(state.headers);
  const isUsed = state.headers !== '' || state.compareWith !== '' || state.ownKey !== '';
  return (
    <details open={isUsed || undefined}>
      <summary className="w-fit rounded font-medium text-soft text-xs">{text.more}</summary>
      <div className="mt-2 flex flex-col gap-3">
        <TextArea
          label={text.headers}
          rows={2}
          value={state.headers}
          hint={text.headersHint}
          fault={faultyLine === undefined ? undefined : text.headersFault(faultyLine)}
          onChange={(event) => change({ headers: event.target.value })}
        />
        <div className="grid gap-3 sm:grid-cols-2">
          <ModelField
            label={text.compareWith}
            value={state.compareWith}
            hint={text.compareHint}
            onChange={(compareWith) => change({ compareWith })}
          />
          <TextField
            label={text.ownKey}
            type="password"
            autoComplete="new-password"
            value={state.ownKey}
            hint={text.ownKeyHint}
            onChange={(event) => change({ ownKey: event.target.value })}
          />
        </div>
      </div>
    </details>
  );
}
