// JSON to be looked at: texts that nobody reads to their end, such as pictures, are cut.

const MOST_CHARACTERS = 2_000;
const KEPT_CHARACTERS = 200;

/** The value over several lines; `more` says how many characters of a text are left out. */
export function shownJson(value: unknown, more: (count: number) => string): string {
  return JSON.stringify(
    value,
    (_, one: unknown) =>
      typeof one === 'string' && one.length > MOST_CHARACTERS
        ? `${one.slice(0, KEPT_CHARACTERS)}${more(one.length - KEPT_CHARACTERS)}`
        : one,
    2,
  );
}
