// The places that have changed since they were last saved.

import type { Place } from './places.ts';

/** Collects them. */
export class Unsaved {
  #places: Place[] = [];

  /** What was used of it has changed, or all that is known of it. */
  add(place: Place, what: 'use' | 'all'): void {
    if (place.unsaved === 'no') this.#places.push(place);
    if (place.unsaved !== 'all') place.unsaved = what;
  }

  /** Those since the last call. */
  take(): readonly Place[] {
    const places = this.#places;
    if (places.length > 0) this.#places = [];
    return places;
  }
}
