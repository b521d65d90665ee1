// What the page says, in every language that it speaks. Each page has its own messages in a file beside it; the compiler
// sees to it that no language lacks one.

import { type Language, useLanguage } from './language.ts';

/** A text, or one with values in it. */
type Message = string | ((...values: never[]) => string);

/** The same messages in another language: a text stays a text, one with values takes the same ones. */
export type Translated<English> = {
  readonly [Name in keyof English]: English[Name] extends (...values: infer Values) => string
    ? (...values: Values) => string
    : string;
};

/** Messages in all languages. */
export type Messages<English> = { readonly [Name in Language]: Translated<English> };

/** Sets messages down: English first, which says what there is. The cast only forgets which texts they are. */
export function messages<const English extends Readonly<Record<string, Message>>>(
  en: English,
  zh: Translated<English>,
): Messages<English> {
  return { en: en as unknown as Translated<English>, zh };
}

/** The messages in the viewer's language. */
export function useMessages<English>(all: Messages<English>): Translated<English> {
  return all[useLanguage()];
}
