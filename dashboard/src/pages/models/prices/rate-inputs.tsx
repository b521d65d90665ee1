// The fields of a price.

import type { ReactElement } from 'react';
import { useMessages } from '../../../language/messages.ts';
import { CheckField, TextField } from '../../../ui/field.tsx';
import type { RateKind } from './entry.ts';
import { priceMessages } from './messages.ts';
import type { PriceEditing } from './price-editor-state.ts';
import { fallbackWords, RateTable } from './price-table.tsx';

const USUAL: readonly RateKind[] = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'reasoning',
];
const LESS_USUAL: readonly RateKind[] = ['inputAudio', 'outputAudio', 'outputImage', 'webSearch', 'request'];

/** All of them, with the rates that are kept. */
export function RateInputs({ editing }: { readonly editing: PriceEditing }): ReactElement {
  const text = useMessages(priceMessages);
  const { price, fields, faults } = editing;
  const isOpen = LESS_USUAL.some((kind) => fields[kind] !== '' || faults[kind] !== undefined);
  return (
    <>
      <fieldset className="flex min-w-0 flex-col gap-3">
        <legend className="float-left mb-1 w-full font-semibold text-sm">{text.perMillion}</legend>
        <Rates kinds={USUAL} editing={editing} />
        <details open={isOpen}>
          <summary className="w-fit text-soft text-xs hover:text-ink">{text.lessUsual}</summary>
          <div className="mt-3">
            <Rates kinds={LESS_USUAL} editing={editing} />
          </div>
        </details>
      </fieldset>
      {price !== undefined && (price.tiers.length > 0 || Object.keys(price.serviceTiers).length > 0) && (
        <OtherCases editing={editing} />
      )}
    </>
  );
}

function Rates({
  kinds,
  editing: { fields, faults, type },
}: {
  readonly kinds: readonly RateKind[];
  readonly editing: PriceEditing;
}): ReactElement {
  const text = useMessages(priceMessages);
  return (
    <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
      {kinds.map((kind) => {
        const fault = faults[kind];
        return (
          <TextField
            key={kind}
            label={text[kind]}
            inputMode="decimal"
            value={fields[kind]}
            placeholder={fallbackWords(kind, text)}
            onChange={({ target }) => type(kind, target.value)}
            fault={fault === undefined ? undefined : text[fault]}
          />
        );
      })}
    </div>
  );
}

function OtherCases({ editing }: { readonly editing: PriceEditing }): ReactElement | null {
  const text = useMessages(priceMessages);
  const { price, isKept, keep } = editing;
  if (price === undefined) return null;
  const names = [
    price.tiers.length > 0 && text.longTitle,
    Object.keys(price.serviceTiers).length > 0 && text.serviceTitle,
  ].filter((name) => name !== false);
  return (
    <fieldset className="flex min-w-0 flex-col gap-2 border-line border-t pt-3">
      <legend className="float-left mb-1 w-full font-semibold text-sm">{names.join(' · ')}</legend>
      <div className={isKept ? '' : 'opacity-50'}>
        <RateTable price={price} />
      </div>
      <CheckField
        label={text.keepOther}
        hint={text.keepOtherHint}
        checked={isKept}
        onChange={({ target }) => keep(target.checked)}
      />
    </fieldset>
  );
}
