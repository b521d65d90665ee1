// A coloured dot. It never stands alone: the words beside it carry the meaning for those who cannot see the colour.

import type { ReactElement } from 'react';

/** What a lamp shows; `waiting` is "not known yet". */
export type Tone = 'good' | 'caution' | 'bad' | 'waiting';

const colour: Readonly<Record<Tone, string>> = {
  good: 'bg-good',
  caution: 'bg-caution',
  bad: 'bg-bad',
  waiting: 'bg-faint motion-safe:animate-pulse',
};

/** One lamp. */
export function Lamp({ tone }: { readonly tone: Tone }): ReactElement {
  return (
    <span aria-hidden="true" className={`inline-block size-2.5 shrink-0 rounded-full ${colour[tone]}`} />
  );
}
