// Opens a window of captures: for how long, for how many requests, and for which.

import { type FormEvent, type ReactElement, useState } from 'react';
import type { CaptureRequest, CaptureView } from '../../../../server/src/admin/contract.ts';
import { useChange } from '../../api/queries.ts';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { CheckField, SelectField, TextField } from '../../ui/field.tsx';
import { Failure } from '../../ui/states.tsx';
import { type CaptureFields, captureOf, NO_FIELDS } from './capture-fields.ts';
import { systemMessages } from './messages.ts';
import { useIds } from './questions.ts';

const LENGTHS_SECONDS = [30, 60, 300, 900, 3_600] as const;

/** The form. */
export function CaptureForm(): ReactElement {
  const text = useMessages(systemMessages);
  const [fields, setFields] = useState(NO_FIELDS);
  const opening = useChange<CaptureRequest, CaptureView>(
    (body) => ({ path: '/capture', body }),
    ['/capture'],
  );
  const set = (part: Partial<CaptureFields>): void => setFields({ ...fields, ...part });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    opening.mutate(captureOf(fields));
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField
          label={text.captureFor}
          value={fields.seconds}
          onChange={(event) => set({ seconds: Number(event.target.value) })}
        >
          {LENGTHS_SECONDS.map((seconds) => (
            <option key={seconds} value={seconds}>
              {seconds < 60 ? text.captureSeconds(seconds) : text.captureMinutes(seconds / 60)}
            </option>
          ))}
        </SelectField>
        <TextField
          label={text.captureRequests}
          type="number"
          min={1}
          max={10_000}
          step={1}
          placeholder={text.captureAny}
          value={fields.requests}
          onChange={(event) => set({ requests: event.target.value })}
        />
      </div>
      <Filter fields={fields} set={set} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Button type="submit" weight="primary" busy={opening.isPending}>
          {text.captureStart}
        </Button>
        <p className="min-w-0 flex-1 basis-40 text-faint text-xs">{text.captureSecret}</p>
      </div>
      {opening.error !== null && <Failure error={opening.error} />}
    </form>
  );
}

interface FilterProps {
  readonly fields: CaptureFields;
  readonly set: (part: Partial<CaptureFields>) => void;
}

function Filter({ fields, set }: FilterProps): ReactElement {
  const text = useMessages(systemMessages);
  const clients = useIds('clients');
  const upstreams = useIds('upstreams');
  const options = (ids: readonly string[]): ReactElement[] => [
    <option key="" value="">
      {text.captureAny}
    </option>,
    ...ids.map((id) => (
      <option key={id} value={id}>
        {id}
      </option>
    )),
  ];
  return (
    <details>
      <summary className="w-fit rounded text-soft text-sm">{text.captureFilter}</summary>
      <div className="mt-2 grid gap-3 sm:grid-cols-2">
        <SelectField
          label={text.captureClient}
          value={fields.client}
          onChange={(event) => set({ client: event.target.value })}
        >
          {options(clients)}
        </SelectField>
        <SelectField
          label={text.captureUpstream}
          value={fields.upstream}
          onChange={(event) => set({ upstream: event.target.value })}
        >
          {options(upstreams)}
        </SelectField>
        <TextField
          label={text.captureModel}
          hint={text.captureModelHint}
          maxLength={512}
          value={fields.model}
          onChange={(event) => set({ model: event.target.value })}
        />
        <CheckField
          label={text.captureErrors}
          className="self-center"
          checked={fields.errorsOnly}
          onChange={(event) => set({ errorsOnly: event.target.checked })}
        />
      </div>
    </details>
  );
}
