// How the stages of the waterfall look: each has a colour and a pattern of its own, so that the colour never stands alone.

import type { CSSProperties } from 'react';
import type { Stage } from './layout.ts';

const INK = 'color-mix(in srgb, var(--surface) 55%, transparent)';

function striped(degrees: number, widthPx: number): string {
  return `repeating-linear-gradient(${degrees}deg, ${INK} 0 ${widthPx}px, transparent ${widthPx}px ${widthPx * 3}px)`;
}

/** Put on whatever is to look like a stage. */
export const STAGE_LOOKS: Readonly<Record<Stage, CSSProperties>> = {
  arrival: { backgroundColor: 'var(--line-strong)', backgroundImage: striped(135, 2) },
  merged: { backgroundColor: 'var(--series-3)', backgroundImage: striped(135, 2) },
  headers: { backgroundColor: 'var(--series-3)', backgroundImage: striped(45, 2) },
  byte: { backgroundColor: 'var(--series-4)', backgroundImage: striped(90, 1) },
  output: { backgroundColor: 'var(--series-2)', backgroundImage: striped(0, 2) },
  stream: { backgroundColor: 'var(--series-1)' },
};
