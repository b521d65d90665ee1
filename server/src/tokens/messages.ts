// What the tokenizer and its thread say to each other.

/** A question. */
export interface CountQuestion {
  readonly id: number;
  readonly texts: readonly string[];
}

/** Its answer; undefined when it could not be counted. */
export interface CountAnswer {
  readonly id: number;
  readonly tokens: number | undefined;
}
