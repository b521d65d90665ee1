// Names that clients may have chosen, as labels: bounded in number and without secrets, because every new one is a
// series that a monitoring system keeps for weeks.

/** The label of whatever is beyond the bound. */
export const OTHER = 'other';

/** Names of models that have answered. */
const SERVED_LIMIT = 200;
/** Names that were asked for and have never been answered: an upstream may be down, or the client makes them up. */
const FAILED_LIMIT = 50;
const LENGTH_LIMIT = 120;

/** Turns names into labels. */
export class BoundedNames {
  readonly #redact: (text: string) => string;
  readonly #served: Map<string, string> = new Map();
  readonly #failed: Map<string, string> = new Map();

  constructor(redact: (text: string) => string) {
    this.#redact = redact;
  }

  /** The label of a name; `served`: it has been answered, so that it is one of a real model. */
  label(name: string | undefined, served: boolean): string {
    if (name === undefined || name === '') return '';
    const known = this.#served.get(name);
    if (known !== undefined) return known;
    if (!served) return this.#failed.get(name) ?? this.#remember(this.#failed, FAILED_LIMIT, name);
    return this.#remember(this.#served, SERVED_LIMIT, name);
  }

  #remember(names: Map<string, string>, limit: number, name: string): string {
    if (names.size >= limit) return OTHER;
    const label = this.#redact(name).slice(0, LENGTH_LIMIT);
    names.set(name, label);
    return label;
  }
}
