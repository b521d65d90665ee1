// Where people type and choose. Every field has a label; what is wrong with it stands below it and is read out.

import { type ComponentProps, type ReactElement, type ReactNode, useId } from 'react';
import { classes } from './classes.ts';

const frame =
  'w-full min-w-0 rounded-lg border border-line-strong bg-surface text-ink placeholder:text-faint aria-invalid:border-bad disabled:opacity-60';
/** The look of a text field, for those that stand alone. */
export const inputLook: string = classes(frame, 'h-9 px-2.5 text-sm');

interface FieldProps {
  readonly label: string;
  /** The label is for screen readers only. */
  readonly labelHidden?: boolean | undefined;
  readonly hint?: ReactNode;
  /** What is wrong. */
  readonly fault?: string | undefined;
  readonly className?: string | undefined;
  readonly children: (given: FieldGiven) => ReactNode;
}

/** What a control in a field has to carry. */
export interface FieldGiven {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

/** A label, a control, and the words around it. */
function Field({ label, labelHidden = false, hint, fault, className, children }: FieldProps): ReactElement {
  const id = useId();
  const wordsId = `${id}-words`;
  const hasWords = hint !== undefined || fault !== undefined;
  return (
    <div className={classes('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className={labelHidden ? 'sr-only' : 'font-medium text-soft text-xs'}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': hasWords ? wordsId : undefined,
        'aria-invalid': fault === undefined ? undefined : true,
      })}
      {hasWords && (
        <p id={wordsId} className={classes('text-xs', fault === undefined ? 'text-faint' : 'text-bad')}>
          {fault ?? hint}
        </p>
      )}
    </div>
  );
}

type Control<Element extends 'input' | 'textarea' | 'select'> = Omit<ComponentProps<Element>, 'id'> &
  Omit<FieldProps, 'children'>;

/** One line of text. */
export function TextField({
  label,
  labelHidden,
  hint,
  fault,
  className,
  ...rest
}: Control<'input'>): ReactElement {
  return (
    <Field label={label} labelHidden={labelHidden} hint={hint} fault={fault} className={className}>
      {(field) => (
        <input type="text" autoComplete="off" spellCheck={false} {...rest} {...field} className={inputLook} />
      )}
    </Field>
  );
}

/** Several lines. */
export function TextArea({
  label,
  labelHidden,
  hint,
  fault,
  className,
  ...rest
}: Control<'textarea'>): ReactElement {
  return (
    <Field label={label} labelHidden={labelHidden} hint={hint} fault={fault} className={className}>
      {(field) => (
        <textarea
          rows={4}
          spellCheck={false}
          {...rest}
          {...field}
          className={classes(frame, 'px-2.5 py-2 text-sm')}
        />
      )}
    </Field>
  );
}

/** One of several; the browser's own list, which works on every device. */
export function SelectField({
  label,
  labelHidden,
  hint,
  fault,
  className,
  ...rest
}: Control<'select'>): ReactElement {
  return (
    <Field label={label} labelHidden={labelHidden} hint={hint} fault={fault} className={className}>
      {(field) => <select {...rest} {...field} className={classes(inputLook, 'pr-8')} />}
    </Field>
  );
}

/** Yes or no. */
export function CheckField({
  label,
  hint,
  className,
  ...rest
}: Omit<ComponentProps<'input'>, 'id' | 'type'> & {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
}): ReactElement {
  return (
    <label className={classes('flex items-start gap-2 text-sm', className)}>
      <input type="checkbox" {...rest} className="mt-0.5 size-4 shrink-0 accent-water" />
      <span className="min-w-0">
        {label}
        {hint !== undefined && <span className="block text-faint text-xs">{hint}</span>}
      </span>
    </label>
  );
}
