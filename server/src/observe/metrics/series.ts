// Counters and histograms as plain numbers: what an exchange costs on the thread that relays is a few additions. The
// exposition reads them when somebody asks.

import type { MetricDefinition } from '../../core/telemetry/metrics.ts';

/** One number of a family, under one set of labels. */
export interface Cell {
  /** In the order of the labels of the definition. */
  readonly labels: readonly string[];
  value: number;
}

/** One histogram of a family, under one set of labels. */
export interface HistogramCell {
  readonly labels: readonly string[];
  /** How often a value fell between the bound before and this one; the last is above all bounds. */
  readonly counts: Float64Array;
  sum: number;
}

/** What both kinds of family have in common. */
abstract class Family<C extends { readonly labels: readonly string[] }> {
  readonly definition: MetricDefinition;
  readonly #cells: Map<string, C> = new Map();

  constructor(definition: MetricDefinition) {
    this.definition = definition;
  }

  protected abstract make(labels: readonly string[]): C;

  /** The cell of these labels; made when it is first needed. Keep it: finding it is the dear part. */
  cell(...labels: readonly string[]): C {
    const name = labels.join('\n');
    let cell = this.#cells.get(name);
    if (cell === undefined) {
      cell = this.make(labels);
      this.#cells.set(name, cell);
    }
    return cell;
  }

  cells(): IterableIterator<C> {
    return this.#cells.values();
  }

  get size(): number {
    return this.#cells.size;
  }
}

/** Counters of one name. */
export class CounterFamily extends Family<Cell> {
  /** What a value is multiplied with when it is shown: money is added up in integers. */
  readonly scale: number;

  constructor(definition: MetricDefinition, scale = 1) {
    super(definition);
    this.scale = scale;
  }

  protected override make(labels: readonly string[]): Cell {
    return { labels, value: 0 };
  }
}

/** Histograms of one name. */
export class HistogramFamily extends Family<HistogramCell> {
  protected override make(labels: readonly string[]): HistogramCell {
    return { labels, counts: new Float64Array(this.definition.buckets.length + 1), sum: 0 };
  }

  /** Counts one value; what is no number is not counted. */
  observe(cell: HistogramCell, value: number): void {
    if (!(value >= 0)) return;
    const { buckets } = this.definition;
    let place = 0;
    while (place < buckets.length && value > (buckets[place] ?? 0)) place += 1;
    cell.counts[place] = (cell.counts[place] ?? 0) + 1;
    cell.sum += value;
  }
}
