// What a request of so many tokens would cost at the prices in the fields, beside what it costs now.

import { type ReactElement, useState } from 'react';
import { useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { TextField } from '../../../ui/field.tsx';
import { fieldsOf, longRates } from './entry.ts';
import { priceMessages } from './messages.ts';
import type { PriceEditing } from './price-editor-state.ts';
import { exactMoney } from './rate-words.ts';
import { sumOf } from './sum.ts';

const EXAMPLE = { input: '1000', cached: '0', output: '500' } as const;
const FIELDS = [
  ['input', 'exampleInput'],
  ['cached', 'exampleCached'],
  ['output', 'exampleOutput'],
] as const;
/** No model reads more. */
const MOST_DIGITS = 9;

/** The example; its numbers can be changed. */
export function PriceExample({ editing }: { readonly editing: PriceEditing }): ReactElement {
  const text = useMessages(priceMessages);
  const format = useFormat();
  const [typed, setTyped] = useState<Readonly<Record<keyof typeof EXAMPLE, string>>>(EXAMPLE);
  const { price, fields, kept } = editing;
  const tokens = {
    input: Number(typed.input),
    cached: Math.min(Number(typed.cached), Number(typed.input)),
    output: Number(typed.output),
  };
  const sum = sumOf(fields, tokens, longRates(kept));
  const now = price === undefined ? undefined : sumOf(fieldsOf(price.rates), tokens, longRates(price));
  const words = `${format.integer(tokens.input)} ${text.input.toLowerCase()} / ${format.integer(tokens.output)} ${text.output.toLowerCase()}`;
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 rounded-lg bg-sunken p-3">
      <legend className="float-left w-full font-semibold text-sm">{text.example}</legend>
      <div className="grid grid-cols-3 gap-3">
        {FIELDS.map(([name, label]) => (
          <TextField
            key={name}
            label={text[label]}
            inputMode="numeric"
            value={typed[name]}
            onChange={({ target }) =>
              setTyped((before) => ({
                ...before,
                [name]: target.value.replace(/\D/g, '').slice(0, MOST_DIGITS),
              }))
            }
          />
        ))}
      </div>
      <p aria-live="polite" className="min-h-6 text-sm">
        {sum === undefined ? (
          <span className="text-faint">{text.exampleUnknown}</span>
        ) : (
          <>
            {words} {text.exampleCosts}{' '}
            <strong className="font-semibold tabular-nums">{exactMoney(sum.totalNanoUsd)}</strong>
            {now !== undefined && now.totalNanoUsd !== sum.totalNanoUsd && (
              <span className="text-faint"> · {text.exampleNow(exactMoney(now.totalNanoUsd))}</span>
            )}
          </>
        )}
      </p>
    </fieldset>
  );
}
