// Colours of charts. A canvas knows neither CSS variables nor light-dark(): a probe in the page tells what they are now.

/** The colours of series, by their names in style/main.css. */
export type ChartColour =
  | 'series-1'
  | 'series-2'
  | 'series-3'
  | 'series-4'
  | 'series-5'
  | 'series-6'
  | 'series-7'
  | 'series-8'
  | 'water'
  | 'bad'
  | 'caution'
  | 'good'
  | 'faint'
  | 'line-strong';

const SERIES: readonly ChartColour[] = [
  'series-1',
  'series-2',
  'series-3',
  'series-4',
  'series-5',
  'series-6',
  'series-7',
];

/** The colour of the nth of several series that are told apart by name. */
export function seriesColour(index: number): ChartColour {
  return SERIES[index % SERIES.length] ?? 'series-1';
}

/** The classes that give a swatch its colour; written out, so that the build finds them. */
export const swatches: Readonly<Record<ChartColour, string>> = {
  'series-1': 'bg-series-1',
  'series-2': 'bg-series-2',
  'series-3': 'bg-series-3',
  'series-4': 'bg-series-4',
  'series-5': 'bg-series-5',
  'series-6': 'bg-series-6',
  'series-7': 'bg-series-7',
  'series-8': 'bg-series-8',
  water: 'bg-water',
  bad: 'bg-bad',
  caution: 'bg-caution',
  good: 'bg-good',
  faint: 'bg-faint',
  'line-strong': 'bg-line-strong',
};

/** Tells what colours are now, in words that a canvas knows. */
export interface Palette {
  /** A variable of the page's style: "faint". */
  of(name: string): string;
  /** So much of it on the page's surface. */
  tint(name: string, percent: number): string;
  /** The letters of the page. */
  readonly font: string;
}

/** The colours within an element, at this moment. */
export function paletteOf(element: HTMLElement): Palette {
  const seen = new Map<string, string>();
  const resolve = (colour: string): string => {
    let found = seen.get(colour);
    if (found === undefined) {
      const probe = document.createElement('span');
      probe.hidden = true;
      probe.style.color = colour;
      element.append(probe);
      found = getComputedStyle(probe).color;
      probe.remove();
      seen.set(colour, found);
    }
    return found;
  };
  return {
    of: (name) => resolve(`var(--${name})`),
    tint: (name, percent) => resolve(`color-mix(in srgb, var(--${name}) ${percent}%, var(--surface))`),
    font: `11px ${getComputedStyle(element).fontFamily}`,
  };
}
