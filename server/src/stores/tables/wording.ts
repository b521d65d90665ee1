// Where SQLite and PostgreSQL need other words for the same question.

/** The words of one kind of database. */
export interface Wording {
  /** Begins a transaction that alone writes: another one waits until it has ended. */
  readonly begin: string;
  /** Ids of exchanges have an index. */
  readonly findsIds: boolean;
  /** "column is one of": the list is bound as one text, a JSON array. */
  isOneOfTexts(column: string): string;
  isOneOfNumbers(column: string): string;
  greater(one: string, other: string): string;
  lesser(one: string, other: string): string;
  /** The last characters of a text. */
  endOf(text: string, characters: number): string;
  /** All distinct values of a group but null, as a JSON array, or null. */
  namesOf(value: string): string;
  /** The bytes of a group one after the other, as hexadecimal digits. */
  hexOf(column: string): string;
}

/** SQLite's words. */
export const SQLITE_WORDS: Wording = {
  begin: 'BEGIN IMMEDIATE',
  findsIds: false,
  isOneOfTexts: (column) => `${column} IN (SELECT value FROM json_each(?))`,
  isOneOfNumbers: (column) => `${column} IN (SELECT value FROM json_each(?))`,
  greater: (one, other) => `max(${one}, ${other})`,
  lesser: (one, other) => `min(${one}, ${other})`,
  endOf: (text, characters) => `substr(${text}, -${characters})`,
  namesOf: (value) => `json_group_array(DISTINCT ${value}) FILTER (WHERE ${value} IS NOT NULL)`,
  hexOf: (column) => `group_concat(hex(${column}), '')`,
};

/** PostgreSQL's words. */
export const POSTGRES_WORDS: Wording = {
  // Sums are read, added to and written, and names are numbered: one transaction at a time, whichever gateway it is of. The
  // lock is of this schema, and of writing.
  begin: 'BEGIN; SELECT pg_advisory_xact_lock(hashtext(current_schema()), 1)',
  findsIds: true,
  isOneOfTexts: (column) => `${column} IN (SELECT json_array_elements_text(?::json))`,
  isOneOfNumbers: (column) => `${column} IN (SELECT json_array_elements_text(?::json)::bigint)`,
  greater: (one, other) => `greatest(${one}, ${other})`,
  lesser: (one, other) => `least(${one}, ${other})`,
  endOf: (text, characters) => `right(${text}, ${characters})`,
  namesOf: (value) => `(json_agg(DISTINCT ${value}) FILTER (WHERE ${value} IS NOT NULL))::text`,
  hexOf: (column) => `string_agg(encode(${column}, 'hex'), '')`,
};
