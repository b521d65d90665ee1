// The name of a model, with those that clients can ask for.

import type { ReactElement } from 'react';
import type { ModelView } from '../../../../../server/src/admin/contract.ts';
import { useAsk } from '../../../api/queries.ts';
import { TextField } from '../../../ui/field.tsx';

const LIST = 'playground-models';
const MOST_MODELS = 1_000;

/** The models that there are. */
export function useModels(): readonly ModelView[] {
  const asked = useAsk<{ readonly models: readonly ModelView[] }>(
    '/models',
    { limit: MOST_MODELS },
    { everyMs: false },
  );
  return asked.data?.models ?? NONE;
}

const NONE: readonly ModelView[] = [];

/** The names, once per page, for all fields that offer them. */
export function ModelNames({ models }: { readonly models: readonly ModelView[] }): ReactElement {
  return (
    <datalist id={LIST}>
      {models.map(({ id }) => (
        <option key={id} value={id} />
      ))}
    </datalist>
  );
}

interface ModelFieldProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  readonly onChange: (model: string) => void;
  readonly className?: string;
}

/** The field. Any name may be typed: the gateway judges it. */
export function ModelField({ label, value, hint, onChange, className }: ModelFieldProps): ReactElement {
  return (
    <TextField
      label={label}
      list={LIST}
      value={value}
      maxLength={512}
      {...(hint === undefined ? {} : { hint })}
      {...(className === undefined ? {} : { className })}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
