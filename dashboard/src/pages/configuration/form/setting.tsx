// One setting: its name, what it is for, its control, where its value comes from, and the way back to the default.

import { RotateCcw } from 'lucide-react';
import { type ReactElement, useId } from 'react';
import { useMessages } from '../../../language/messages.ts';
import { Badge, type Tone } from '../../../ui/badge.tsx';
import { IconButton } from '../../../ui/button.tsx';
import { classes } from '../../../ui/classes.ts';
import { inputLook } from '../../../ui/field.tsx';
import { pathText } from '../draft/values.ts';
import { configurationMessages } from '../messages.ts';
import {
  ChoiceControl,
  JsonControl,
  MapControl,
  NumberControl,
  TextControl,
  TextsControl,
} from './controls.tsx';
import { beginningOf, type Field, finds, type Variant, variantOf } from './fields.ts';
import { valueText } from './value-words.ts';
import { type Origin, useFormValues } from './values-of-form.ts';

/** Several settings below one another. `words`: only those that a search finds. */
export function Settings({
  fields,
  words = [],
}: {
  readonly fields: readonly Field[];
  readonly words?: readonly string[];
}): ReactElement {
  return (
    <div className="@container flex flex-col divide-y divide-line">
      {fields
        .filter((field) => finds(field, words))
        .map((field) => (
          <Setting key={field.name} field={field} words={words} />
        ))}
    </div>
  );
}

/** One setting, or a group of them. */
function Setting({
  field,
  words,
}: {
  readonly field: Field;
  readonly words: readonly string[];
}): ReactElement {
  if (field.kind !== 'group') return <Leaf field={field} />;
  // A group that is found by its own words is shown whole.
  const own = finds({ ...field, fields: [] }, words);
  return (
    <fieldset className="py-3">
      <legend className="sr-only">{pathText(field.path)}</legend>
      <p aria-hidden="true" className="font-medium font-mono text-xs">
        {field.name}
      </p>
      <p className="max-w-prose text-faint text-xs">{field.description}</p>
      <div className="mt-1 border-line border-l-2 pl-4">
        <Settings fields={field.fields} words={own ? [] : words} />
      </div>
    </fieldset>
  );
}

function Leaf({ field }: { readonly field: Field }): ReactElement {
  const text = useMessages(configurationMessages);
  const values = useFormValues();
  const id = useId();
  const value = values.read(field.path);
  const isChanged = values.isChanged(field.path);
  const fault = values.fault(field.path);
  const path = pathText(field.path);
  return (
    <div
      className={classes(
        'grid gap-x-6 gap-y-2 py-3 @xl:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)]',
        isChanged && '-mx-2 rounded-lg bg-water-soft/50 px-2',
      )}
    >
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <label htmlFor={id} title={path} className="break-all font-medium font-mono text-xs">
            {field.name}
          </label>
          {field.isRequired && <span className="text-2xs text-faint">{text.required}</span>}
          <Provenance origin={values.origin(field.path)} isChanged={isChanged} />
        </div>
        <p id={`${id}-words`} className="max-w-prose text-faint text-xs">
          {field.description}
        </p>
      </div>
      <div className="flex min-w-0 items-start gap-1">
        <div className="flex min-w-0 flex-1 flex-col gap-1.5">
          <Control
            field={field}
            value={value}
            onChange={(next) => values.write(field.path, next)}
            given={{
              id,
              'aria-label': path,
              'aria-describedby': `${id}-words`,
              'aria-invalid': fault === undefined ? undefined : true,
            }}
          />
          {fault !== undefined && <p className="text-bad text-xs">{fault}</p>}
        </div>
        <IconButton
          label={text.toDefault(path)}
          disabled={value === undefined}
          className={value === undefined ? 'invisible' : ''}
          onClick={() => values.write(field.path, undefined)}
        >
          <RotateCcw className="size-3.5" />
        </IconButton>
      </div>
    </div>
  );
}

const tones: Readonly<Record<Origin['from'], Tone>> = {
  default: 'calm',
  file: 'water',
  env: 'caution',
  flag: 'caution',
  api: 'water',
};

/** Where a value comes from. */
export function Provenance({
  origin,
  isChanged = false,
  isPlain = false,
}: {
  readonly origin: Origin | undefined;
  readonly isChanged?: boolean;
  /** The value stands beside it already. */
  readonly isPlain?: boolean;
}): ReactElement | null {
  const text = useMessages(configurationMessages);
  if (isChanged) return <Badge tone="water">{text.changed}</Badge>;
  if (origin === undefined) return null;
  const { from, line, value } = origin;
  const words = from === 'file' && line !== undefined ? text.fromLine(line) : text[`from_${from}`];
  const isForced = !isPlain && (from === 'flag' || from === 'env');
  return (
    <Badge tone={tones[from]} title={text.inForceNow(valueText(value))}>
      {isForced ? `${words}: ${valueText(value)}` : words}
    </Badge>
  );
}

interface AnyControlProps {
  readonly field: Field;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly given: {
    readonly id: string;
    readonly 'aria-label': string;
    readonly 'aria-describedby': string | undefined;
    readonly 'aria-invalid': true | undefined;
  };
}

function Control({ field, ...rest }: AnyControlProps): ReactElement {
  switch (field.kind) {
    case 'text':
      return <TextControl field={field} {...rest} />;
    case 'number':
      return <NumberControl field={field} {...rest} />;
    case 'yes-no':
    case 'choice':
      return <ChoiceControl field={field} {...rest} />;
    case 'texts':
      return <TextsControl field={field} {...rest} />;
    case 'map':
      return <MapControl field={field} {...rest} />;
    case 'json':
      return <JsonControl field={field} {...rest} />;
    case 'either':
      return <EitherControl field={field} {...rest} />;
    case 'group':
      return <Settings fields={field.fields} />;
  }
}

/** First which kind of value, then the value. */
function EitherControl({
  field,
  value,
  onChange,
  given,
}: Omit<AnyControlProps, 'field'> & {
  readonly field: Extract<Field, { readonly kind: 'either' }>;
}): ReactElement {
  const text = useMessages(configurationMessages);
  const chosen = value === undefined ? undefined : variantOf(field.variants, value);
  const words = ({ literal, field: inner }: Variant): string => {
    if (inner !== undefined) return text[`kind_${inner.kind}`];
    return literal === true ? text.yes : literal === false ? text.no : String(literal);
  };
  const usual = variantOf(field.variants, field.fallback);
  const fallback = usual === undefined ? valueText(field.fallback) : words(usual);
  return (
    <>
      <select
        {...given}
        className={classes(inputLook, 'max-w-72 pr-8')}
        value={chosen?.id ?? ''}
        onChange={({ target }) => {
          const next = field.variants.find(({ id }) => id === target.value);
          onChange(next === undefined ? undefined : beginningOf(next));
        }}
      >
        <option value="">{field.fallback === undefined ? text.notSet : text.defaultOf(fallback)}</option>
        {field.variants.map((variant) => (
          <option key={variant.id} value={variant.id}>
            {words(variant)}
          </option>
        ))}
      </select>
      {chosen?.field !== undefined && <Inner field={chosen.field} value={value} onChange={onChange} />}
    </>
  );
}

/** The value of the chosen kind. */
function Inner({
  field,
  value,
  onChange,
}: Pick<AnyControlProps, 'field' | 'value' | 'onChange'>): ReactElement {
  const id = useId();
  const text = useMessages(configurationMessages);
  if (field.kind === 'group')
    return (
      <div className="border-line border-l-2 pl-4">
        <Settings fields={field.fields} />
      </div>
    );
  return (
    <div>
      <Control
        field={field}
        value={value}
        onChange={onChange}
        given={{
          id,
          'aria-label': text.valueOf(pathText(field.path)),
          'aria-describedby': undefined,
          'aria-invalid': undefined,
        }}
      />
    </div>
  );
}
