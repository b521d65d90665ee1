// The chat as a form.

import type { ReactElement } from 'react';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { playgroundMessages } from '../messages.ts';
import { changeChat } from '../state/bench.ts';
import { type ChatForm, EFFORTS, faultsOf, SAMPLE_TOOLS } from '../state/chat-form.ts';
import { Turns } from './turns.tsx';

/** The fields. */
export function ChatFields({ form }: { readonly form: ChatForm }): ReactElement {
  const text = useMessages(playgroundMessages);
  return (
    <div className="flex flex-col gap-3">
      <TextArea
        label={text.system}
        rows={2}
        value={form.system}
        onChange={(event) => changeChat({ system: event.target.value })}
      />
      <Turns turns={form.turns} />
      <Settings form={form} />
      <Tools form={form} />
    </div>
  );
}

function Settings({ form }: { readonly form: ChatForm }): ReactElement {
  const text = useMessages(playgroundMessages);
  const faults = faultsOf(form);
  return (
    <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
      <TextField
        label={text.temperature}
        inputMode="decimal"
        placeholder={text.modelsOwn}
        value={form.temperature}
        fault={faults.temperature ? text.numberFault : undefined}
        onChange={(event) => changeChat({ temperature: event.target.value })}
      />
      <TextField
        label={text.maxTokens}
        inputMode="numeric"
        placeholder={text.modelsOwn}
        value={form.maxTokens}
        fault={faults.maxTokens ? text.wholeFault : undefined}
        onChange={(event) => changeChat({ maxTokens: event.target.value })}
      />
      <SelectField
        label={text.effort}
        value={form.effort}
        onChange={({ target }) =>
          changeChat({ effort: EFFORTS.find((effort) => effort === target.value) ?? '' })
        }
      >
        {EFFORTS.map((effort) => (
          <option key={effort} value={effort}>
            {effort === '' ? text.modelsOwn : effort}
          </option>
        ))}
      </SelectField>
    </div>
  );
}

function Tools({ form }: { readonly form: ChatForm }): ReactElement {
  const text = useMessages(playgroundMessages);
  return (
    <details className="group" open={form.tools !== '' || undefined}>
      <summary className="w-fit rounded font-medium text-soft text-xs">{text.tools}</summary>
      <div className="mt-2 flex flex-col gap-2">
        <TextArea
          label={text.tools}
          labelHidden
          rows={6}
          value={form.tools}
          hint={text.toolsHint}
          fault={faultsOf(form).tools ? text.toolsFault : undefined}
          onChange={(event) => changeChat({ tools: event.target.value })}
        />
        {form.tools.trim() === '' && (
          <Button
            size="small"
            weight="quiet"
            className="self-start"
            onClick={() => changeChat({ tools: SAMPLE_TOOLS })}
          >
            {text.sampleTool}
          </Button>
        )}
      </div>
    </details>
  );
}
