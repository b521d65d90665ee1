// The candidates of a model, one for each upstream and name that is sent: several keys of an upstream are one place.

import type { ModelView } from '../../../../server/src/admin/contract.ts';

/** Where a model may go. */
export interface Place {
  readonly upstreamId: string;
  /** The name that is sent. */
  readonly model: string;
  readonly dialect: string;
  readonly native: boolean;
  /** So many keys lead there. */
  readonly keys: number;
}

/** The places, in the order in which they would be asked. */
export function placesOf({ candidates }: Pick<ModelView, 'candidates'>): readonly Place[] {
  const places = new Map<string, Place>();
  for (const candidate of candidates) {
    const name = JSON.stringify([candidate.upstreamId, candidate.model, candidate.dialect]);
    places.set(name, { ...candidate, keys: (places.get(name)?.keys ?? 0) + 1 });
  }
  return [...places.values()];
}

/** Under which names the ledger counts what this model was used: those that were sent; its own while nobody offers it. */
export function countedAs({ id, candidates }: Pick<ModelView, 'id' | 'candidates'>): readonly string[] {
  const names = new Set(candidates.map(({ model }) => model));
  return names.size === 0 ? [id] : [...names];
}
