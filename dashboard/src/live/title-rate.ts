// The live token rate as it stands in the title of the window, in the form that the viewer has chosen.

import { createStore, useStore } from '../app/store.ts';
import { type Format, useFormat } from '../language/format.ts';
import { type TokenRate, useTokenRate } from './token-rate.ts';

export const RATE_MODES: readonly ['off', 'combined', 'split', 'both'] = ['off', 'combined', 'split', 'both'];
export type RateMode = (typeof RATE_MODES)[number];

const KEY = 'sluice.title-rate';

function initial(): RateMode {
  try {
    const chosen = localStorage.getItem(KEY);
    return RATE_MODES.find((mode) => mode === chosen) ?? 'combined';
  } catch {
    return 'combined';
  }
}

const store = createStore<RateMode>(initial());

/** The viewer's choice. */
export function useRateMode(): RateMode {
  return useStore(store);
}

/** Chooses, also for the next visit. */
export function chooseRateMode(mode: RateMode): void {
  try {
    localStorage.setItem(KEY, mode);
  } catch {
    // It holds for this visit.
  }
  store.set(mode);
}

/** "↑120 ↓45 tok/s" (split: in and out), "165 tok/s" (combined), or both. Empty where nothing is known, or nothing flows. */
export function rateWords(rate: TokenRate | undefined, mode: RateMode, format: Format): string {
  if (rate === undefined || mode === 'off') return '';
  if (Math.round(rate.input + rate.output) === 0) return '';
  const split = `↑${format.compact(Math.round(rate.input))} ↓${format.compact(Math.round(rate.output))}`;
  const combined = format.compact(Math.round(rate.input + rate.output));
  if (mode === 'split') return `${split} tok/s`;
  return mode === 'combined' ? `${combined} tok/s` : `${combined} (${split}) tok/s`;
}

/** The words for the title at this moment. */
export function useTitleRate(): string {
  const mode = useRateMode();
  const format = useFormat();
  return rateWords(useTokenRate(mode !== 'off'), mode, format);
}
