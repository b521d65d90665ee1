// The token rate as a line, by the conventions of whoever shows it.
// https://github.com/matryer/xbar-plugins/blob/main/CONTRIBUTING.md (xbar, SwiftBar)
// https://github.com/Alexays/Waybar/wiki/Module:-Custom (waybar)
// https://man.openbsd.org/tmux#STATUS_LINE (tmux)

import type { TokenRate } from '../../core/telemetry/token-meter.ts';
import { compact } from '../ui/numbers.ts';

/** Who shows the rate. */
export const RATE_FORMATS: readonly ['text', 'xbar', 'waybar', 'tmux'] = ['text', 'xbar', 'waybar', 'tmux'];
export type RateFormat = (typeof RATE_FORMATS)[number];

/** What is shown of it. */
export const RATE_MODES: readonly ['split', 'combined', 'both'] = ['split', 'combined', 'both'];
export type RateMode = (typeof RATE_MODES)[number];

/** What there is to show. */
export type RateState =
  | {
      readonly kind: 'known';
      readonly rate: TokenRate;
      readonly origin: string;
      /** Exchanges on their way. */
      readonly inFlight: number;
    }
  /** `why`: a sentence. */
  | { readonly kind: 'away'; readonly why: string };

/** "↑120 ↓45 tok/s" (split: in and out), "165 tok/s" (combined), "165 (↑120 ↓45) tok/s" (both). */
export function rateWords({ input, output }: TokenRate, mode: RateMode): string {
  const split = `↑${compact(Math.round(input))} ↓${compact(Math.round(output))}`;
  const combined = compact(Math.round(input + output));
  if (mode === 'split') return `${split} tok/s`;
  return mode === 'combined' ? `${combined} tok/s` : `${combined} (${split}) tok/s`;
}

/** The lines of one moment. `streamed`: one of many, as SwiftBar wants them told apart. */
export function rateLines(
  state: RateState,
  format: RateFormat,
  mode: RateMode,
  streamed: boolean,
): readonly string[] {
  switch (format) {
    case 'xbar':
      return [...(streamed ? ['~~~'] : []), ...xbarLines(state, mode)];
    case 'waybar':
      return [waybarLine(state, mode)];
    case 'tmux':
      // A status line has no room for explanations.
      return [state.kind === 'known' ? rateWords(state.rate, mode) : ''];
    case 'text':
      return state.kind === 'known' ? [rateWords(state.rate, mode)] : [];
  }
}

/** The first line stands in the menu bar, what follows "---" in its menu; a bar ends a text. */
function xbarLines(state: RateState, mode: RateMode): string[] {
  const plain = (text: string): string => text.replaceAll('|', '¦');
  if (state.kind === 'away') return ['– | color=gray', '---', `${plain(state.why)} | color=gray`];
  const { rate, origin, inFlight } = state;
  return [
    rateWords(rate, mode),
    '---',
    `Input ↑ ${compact(Math.round(rate.input))} tok/s`,
    `Output ↓ ${compact(Math.round(rate.output))} tok/s`,
    `${inFlight} in flight`,
    `Dashboard | href=${origin}/dashboard/`,
  ];
}

/** JSON on one line; texts are Pango markup there. */
function waybarLine(state: RateState, mode: RateMode): string {
  const plain = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  if (state.kind === 'away') return JSON.stringify({ text: '', tooltip: plain(state.why), class: 'away' });
  const { rate, origin, inFlight } = state;
  const tooltip = `${rateWords(rate, 'both')}\n${inFlight} in flight\n${origin}`;
  const flows = Math.round(rate.input + rate.output) > 0;
  return JSON.stringify({
    text: plain(rateWords(rate, mode)),
    tooltip: plain(tooltip),
    class: flows ? 'active' : 'idle',
  });
}
