// The controls of settings, one for each kind of value. A text that cannot stand there is kept in the control, with the
// reason, and is not taken over.

import { Plus, X } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { classes } from '../../../ui/classes.ts';
import { inputLook } from '../../../ui/field.tsx';
import { isMembers } from '../draft/values.ts';
import { configurationMessages } from '../messages.ts';
import { type Field, readNumber } from './fields.ts';
import { numberWords, valueText } from './value-words.ts';

/** What every control gets. */
export interface ControlProps<Kind extends Field['kind']> {
  readonly field: Extract<Field, { readonly kind: Kind }>;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly given: {
    readonly id: string;
    /** The whole place: names alone, such as "maxMs", stand in several. */
    readonly 'aria-label': string;
    readonly 'aria-describedby': string | undefined;
    readonly 'aria-invalid': true | undefined;
  };
}

/** What was typed, until the value becomes another one than `makes`: what the text was taken for. */
function useTyped(written: string): readonly [string, (text: string, makes?: string) => void] {
  const [typed, setTyped] = useState({ text: written, of: written });
  const text = typed.of === written ? typed.text : written;
  return [text, (next, makes = written) => setTyped({ text: next, of: makes })];
}

/** Why a text was not taken, beside what the gateway says. */
function Fault({ children }: { readonly children: string | undefined }): ReactElement | null {
  return children === undefined ? null : (
    <p role="alert" className="text-bad text-xs">
      {children}
    </p>
  );
}

/** One line of text. Empty: nothing is written, and the default holds. */
export function TextControl({ field, value, onChange, given }: ControlProps<'text'>): ReactElement {
  const text = useMessages(configurationMessages);
  const written = typeof value === 'string' ? value : '';
  const [typed, setTyped] = useTyped(written);
  const fits = typed === '' || field.pattern === undefined || matches(field.pattern, typed);
  return (
    <>
      <input
        {...given}
        aria-invalid={fits ? given['aria-invalid'] : true}
        type="text"
        autoComplete="off"
        spellCheck={false}
        className={inputLook}
        value={typed}
        placeholder={field.fallback === undefined ? '' : valueText(field.fallback)}
        onChange={({ target }) => {
          const next = target.value;
          const isFine = next === '' || field.pattern === undefined || matches(field.pattern, next);
          setTyped(next, isFine ? next : written);
          if (isFine) onChange(next === '' ? undefined : next);
        }}
      />
      <Fault>{fits ? undefined : text.doesNotFit}</Fault>
    </>
  );
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    // A pattern that browsers do not know: the gateway judges.
    return true;
  }
}

/** A number, with what it amounts to beside it. */
export function NumberControl({ field, value, onChange, given }: ControlProps<'number'>): ReactElement {
  const text = useMessages(configurationMessages);
  const format = useFormat();
  const written = typeof value === 'number' ? String(value) : '';
  const [typed, setTyped] = useTyped(written);
  const read = typed === '' ? undefined : readNumber(typed, field);
  const faults = {
    'not a number': text.notANumber,
    'not whole': text.notWhole,
    'too small': text.atLeast(String(field.least ?? '')),
    'too large': text.atMost(String(field.most ?? '')),
  } as const;
  const fault = typeof read === 'string' ? faults[read] : undefined;
  const words = numberWords(field.name, typed === '' ? field.fallback : value, format);
  return (
    <>
      <div className="flex items-center gap-2">
        <input
          {...given}
          aria-invalid={fault === undefined ? given['aria-invalid'] : true}
          type="text"
          inputMode={field.isInteger ? 'numeric' : 'decimal'}
          autoComplete="off"
          className={classes(inputLook, 'max-w-48 tabular-nums')}
          value={typed}
          placeholder={typeof field.fallback === 'number' ? String(field.fallback) : ''}
          onChange={({ target }) => {
            const now = target.value === '' ? { value: undefined } : readNumber(target.value, field);
            const isFine = typeof now === 'object';
            setTyped(target.value, isFine ? String(now.value ?? '') : written);
            if (isFine) onChange(now.value);
          }}
        />
        {field.unit !== undefined && <span className="text-faint text-xs">{text[`unit_${field.unit}`]}</span>}
        {words !== undefined && <span className="text-faint text-xs tabular-nums">= {words}</span>}
      </div>
      <Fault>{fault}</Fault>
    </>
  );
}

/** One of several, or the default. */
export function ChoiceControl({
  field,
  value,
  onChange,
  given,
}: ControlProps<'choice' | 'yes-no'>): ReactElement {
  const text = useMessages(configurationMessages);
  const options: readonly (string | number | boolean)[] =
    field.kind === 'yes-no' ? [true, false] : field.options;
  const words = (one: unknown): string => (one === true ? text.yes : one === false ? text.no : String(one));
  const chosen = options.findIndex((one) => Object.is(one, value));
  return (
    <select
      {...given}
      className={classes(inputLook, 'max-w-72 pr-8')}
      value={chosen < 0 ? '' : String(chosen)}
      onChange={({ target }) => onChange(target.value === '' ? undefined : options[Number(target.value)])}
    >
      <option value="">
        {field.fallback === undefined ? text.notSet : text.defaultOf(words(field.fallback))}
      </option>
      {options.map((one, index) => (
        <option key={String(one)} value={index}>
          {words(one)}
        </option>
      ))}
    </select>
  );
}

/** A list of texts, one to a line. */
export function TextsControl({ field, value, onChange, given }: ControlProps<'texts'>): ReactElement {
  const text = useMessages(configurationMessages);
  const items = Array.isArray(value) ? value.map(String) : [];
  const [typed, setTyped] = useTyped(items.join('\n'));
  const fallback = Array.isArray(field.fallback) ? field.fallback.map(String) : [];
  return (
    <>
      <textarea
        {...given}
        spellCheck={false}
        rows={Math.min(8, Math.max(2, typed.split('\n').length))}
        className={classes(inputLook, 'h-auto py-1.5 font-mono text-xs')}
        placeholder={fallback.length > 0 ? fallback.join('\n') : text.oneToALine}
        value={typed}
        onChange={({ target }) => {
          const lines = target.value.split('\n').map((line) => line.trim());
          const wanted = lines.filter((line) => line !== '');
          setTyped(target.value, wanted.join('\n'));
          onChange(wanted.length === 0 ? undefined : wanted);
        }}
      />
      {field.options.length > 0 && (
        <p className="text-faint text-xs">{text.possible(field.options.join(', '))}</p>
      )}
    </>
  );
}

type Pair = readonly [name: string, value: string];

/** Names with texts, such as aliases. */
export function MapControl({ value, onChange }: ControlProps<'map'>): ReactElement {
  const text = useMessages(configurationMessages);
  const written: readonly Pair[] = isMembers(value)
    ? Object.entries(value).map(([name, one]): Pair => [name, String(one)])
    : [];
  const now = JSON.stringify(Object.fromEntries(written));
  const [typed, setTyped] = useState({ pairs: written, of: now });
  const pairs = typed.of === now ? typed.pairs : written;
  const change = (next: readonly Pair[]): void => {
    const named = Object.fromEntries(next.filter(([name]) => name !== ''));
    setTyped({ pairs: next, of: JSON.stringify(named) });
    onChange(Object.keys(named).length === 0 ? undefined : named);
  };
  return (
    <div className="flex flex-col gap-1.5">
      {pairs.map(([name, target], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the names change while they are typed.
        <div key={index} className="flex items-center gap-1.5">
          <input
            aria-label={text.nameOfPair(index + 1)}
            className={classes(inputLook, 'font-mono text-xs')}
            value={name}
            spellCheck={false}
            onChange={(event) => change(pairs.with(index, [event.target.value, target]))}
          />
          <span aria-hidden="true" className="text-faint">
            →
          </span>
          <input
            aria-label={text.valueOfPair(index + 1)}
            className={classes(inputLook, 'font-mono text-xs')}
            value={target}
            spellCheck={false}
            onChange={(event) => change(pairs.with(index, [name, event.target.value]))}
          />
          <IconButton
            label={text.removePair(name === '' ? String(index + 1) : name)}
            onClick={() => change(pairs.toSpliced(index, 1))}
          >
            <X className="size-4" />
          </IconButton>
        </div>
      ))}
      <div>
        <Button size="small" onClick={() => setTyped({ pairs: [...pairs, ['', '']], of: now })}>
          <Plus className="size-3.5" />
          {text.addPair}
        </Button>
      </div>
    </div>
  );
}

/** Anything else, as JSON. */
export function JsonControl({ field, value, onChange, given }: ControlProps<'json'>): ReactElement {
  const text = useMessages(configurationMessages);
  const written = value === undefined ? '' : JSON.stringify(value, undefined, 2);
  const [typed, setTyped] = useTyped(written);
  const [fault, setFault] = useState(false);
  const take = (next: string): void => {
    const read = next.trim() === '' ? { value: undefined } : readJson(next);
    setFault(read === undefined);
    if (read === undefined) {
      setTyped(next);
      return;
    }
    setTyped(next, read.value === undefined ? '' : JSON.stringify(read.value, undefined, 2));
    onChange(read.value);
  };
  return (
    <>
      <textarea
        {...given}
        aria-invalid={fault ? true : given['aria-invalid']}
        spellCheck={false}
        rows={Math.min(16, Math.max(2, typed.split('\n').length))}
        className={classes(inputLook, 'h-auto py-1.5 font-mono text-xs')}
        placeholder={field.isList ? '[]' : '{}'}
        value={typed}
        onChange={({ target }) => take(target.value)}
      />
      <Fault>{fault ? text.notJson : undefined}</Fault>
    </>
  );
}

function readJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
