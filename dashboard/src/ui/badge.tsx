// Small words with a colour. The colour never stands alone: the words carry the meaning.

import type { ReactElement, ReactNode } from 'react';
import { classes } from './classes.ts';

/** What a thing is like. */
export type Tone = 'good' | 'caution' | 'bad' | 'calm' | 'water';

const looks: Readonly<Record<Tone, string>> = {
  good: 'bg-good-soft text-good',
  caution: 'bg-caution-soft text-caution',
  bad: 'bg-bad-soft text-bad',
  calm: 'bg-sunken text-soft',
  water: 'bg-water-soft text-water',
};

interface BadgeProps {
  readonly tone?: Tone;
  readonly children: ReactNode;
  readonly title?: string;
  readonly className?: string;
}

/** A badge. */
export function Badge({ tone = 'calm', children, title, className }: BadgeProps): ReactElement {
  return (
    <span
      title={title}
      className={classes(
        'inline-flex max-w-full items-center gap-1 whitespace-nowrap rounded-md px-1.5 py-0.5 font-medium text-2xs',
        looks[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}

const lamps: Readonly<Record<Tone, string>> = {
  good: 'bg-good',
  caution: 'bg-caution',
  bad: 'bg-bad',
  calm: 'bg-faint',
  water: 'bg-water',
};

/** A coloured dot, beside words. */
export function Lamp({
  tone,
  pulsing = false,
}: {
  readonly tone: Tone;
  readonly pulsing?: boolean;
}): ReactElement {
  return (
    <span
      aria-hidden="true"
      className={classes(
        'inline-block size-2 shrink-0 rounded-full',
        lamps[tone],
        pulsing && 'motion-safe:animate-pulse',
      )}
    />
  );
}
