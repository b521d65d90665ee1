// The state of the editor of a price: what is in force and where it is written, what was typed, and what becomes of it.

import { parse } from 'jsonc-parser';
import { useState } from 'react';
import type { ConfigOutcome, PriceList, ShownPriceView } from '../../../../../server/src/admin/contract.ts';
import { useFormBase } from '../../../api/form-base.ts';
import { type ApiError, ask } from '../../../api/http.ts';
import { forget, useChange } from '../../../api/queries.ts';
import {
  entryOf,
  faultsIn,
  fieldsOf,
  type OtherRates,
  type RateFault,
  type RateFields,
  type RateKind,
} from './entry.ts';
import {
  isShared,
  type PricedModel,
  type PriceEdit,
  pricingEdits,
  removalEdits,
  type WrittenAt,
  writtenAt,
} from './places.ts';

/** What the editor begins with: the file as it is written, its version, and the prices, which are not older than it. */
interface Base {
  readonly etag: string;
  readonly config: unknown;
  readonly prices: PriceList['prices'];
}

/** Loads it. */
export const useBase = () =>
  useFormBase('price', async ({ text }) => {
    const { prices } = await ask<PriceList>('/prices');
    const config: unknown = parse(text, [], { allowTrailingComma: true });
    return { config, prices };
  });

/** What is asked anew when a price has changed. */
const SHOWS_PRICES = ['/prices', '/models', '/config', '/upstreams'] as const;

interface Wish {
  readonly edits: readonly PriceEdit[];
  readonly note: string;
}

/** What the editor has at a moment, and what can be done with it. */
export interface PriceEditing {
  readonly price: ShownPriceView | undefined;
  readonly written: WrittenAt | undefined;
  readonly fields: RateFields;
  readonly faults: Partial<Record<RateKind, RateFault>>;
  /** Rates for long requests and service tiers that go along. */
  readonly kept: OtherRates | undefined;
  readonly isKept: boolean;
  /** The entry that holds now is changed, for everything that it fits. */
  readonly isForAll: boolean;
  readonly error: ApiError | null;
  readonly isOvertaken: boolean;
  readonly isBusy: boolean;
  /** The path of what will be written, in words. */
  readonly place: string;
  type(kind: RateKind, value: string): void;
  keep(is: boolean): void;
  forAll(is: boolean): void;
  /** False: something in the fields is wrong; it is shown from then on. */
  save(done: (outcome: ConfigOutcome) => void): boolean;
  remove(done: (outcome: ConfigOutcome) => void): void;
}

/** The state. */
export function usePriceEditing(priced: PricedModel, { etag, config, prices }: Base): PriceEditing {
  const [typed, setTyped] = useState<Partial<RateFields>>({});
  const [isKept, keep] = useState(true);
  const [wantsAll, forAll] = useState(false);
  const [isTried, setTried] = useState(false);
  const change = useChange<Wish, ConfigOutcome>(
    (body) => ({ path: '/config', method: 'PATCH', headers: { 'if-match': etag }, body }),
    SHOWS_PRICES,
  );
  const price =
    prices.find(({ upstream, model }) => upstream === priced.upstream && model === priced.model)?.price ??
    undefined;
  const written = writtenAt(config, priced, price?.id);
  const isForAll = wantsAll && written !== undefined && isShared(written);
  const fields = { ...fieldsOf(price?.rates), ...typed };
  const faults = faultsIn(fields);
  const kept = isKept ? price : undefined;
  const edits = pricingEdits(config, priced, written, entryOf(fields, kept), isForAll);
  const send = (wish: Wish, done: (outcome: ConfigOutcome) => void): void =>
    change.mutate(wish, {
      onSuccess: done,
      onError: ({ status }) => {
        if (status === 412) void forget('/config', '/prices');
      },
    });
  return {
    price,
    written,
    fields,
    // A field that nobody has filled in yet is not wrong yet.
    faults: isTried
      ? faults
      : Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault !== 'needed')),
    kept,
    isKept,
    isForAll,
    error: change.error,
    isOvertaken: change.error?.status === 412,
    isBusy: change.isPending,
    place: (edits.find(({ value }) => value !== undefined)?.path ?? []).join(' › '),
    type: (kind, value) => setTyped((before) => ({ ...before, [kind]: value })),
    keep,
    forAll,
    save: (done) => {
      setTried(true);
      if (Object.keys(faults).length > 0) return false;
      send({ edits, note: `price of ${priced.upstream}/${priced.model}` }, done);
      return true;
    },
    remove: (done) => {
      if (written !== undefined)
        send({ edits: removalEdits(written), note: `price of ${written.rule} removed` }, done);
    },
  };
}
