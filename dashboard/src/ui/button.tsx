// Buttons. One look for what a page is about (primary), one for the rest, one without a frame, one for what cannot be undone.

import type { ComponentProps, ReactElement, ReactNode } from 'react';
import { classes } from './classes.ts';

/** How much a button asks for attention. */
export type Weight = 'primary' | 'plain' | 'quiet' | 'danger';

const looks: Readonly<Record<Weight, string>> = {
  primary: 'border-transparent bg-water text-on-water hover:brightness-110',
  plain: 'border-line-strong bg-surface text-ink hover:bg-sunken',
  quiet: 'border-transparent bg-transparent text-soft hover:bg-sunken hover:text-ink',
  danger: 'border-transparent bg-bad-soft text-bad hover:brightness-95',
};

const base =
  'inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-lg border font-medium transition-[background-color,filter,color] disabled:pointer-events-none disabled:opacity-50';

/** The classes of a button, for links that look like one. */
export function buttonLook(weight: Weight = 'plain', size: 'small' | 'normal' = 'normal'): string {
  return classes(base, looks[weight], size === 'small' ? 'h-7 px-2 text-xs' : 'h-9 px-3 text-sm');
}

interface ButtonProps extends ComponentProps<'button'> {
  readonly weight?: Weight;
  readonly size?: 'small' | 'normal';
  /** Something is on its way: it cannot be pressed again. */
  readonly busy?: boolean;
}

/** A button with words. */
export function Button({ weight, size, busy = false, className, ...rest }: ButtonProps): ReactElement {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled === true || busy}
      aria-busy={busy || undefined}
      className={classes(buttonLook(weight, size), busy && 'motion-safe:animate-pulse', className)}
    />
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  /** What it does, for screen readers and as a tip. */
  readonly label: string;
  readonly children: ReactNode;
}

/** A button that is only a sign. */
export function IconButton({ label, className, ...rest }: IconButtonProps): ReactElement {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classes(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-lg text-faint transition-colors hover:bg-sunken hover:text-ink disabled:pointer-events-none disabled:opacity-40',
        className,
      )}
    />
  );
}
