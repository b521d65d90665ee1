// How a tool or library that is set up by hand is told of the gateway.

/** What a snippet depends on. */
export interface SnippetFacts {
  /** Base address of the gateway, without a version at its end. */
  readonly url: string;
  readonly model: string;
  /** undefined: it is to come from the environment. */
  readonly key: string | undefined;
}

/** One text to be copied, and where it goes. */
export interface SnippetPart {
  readonly where: string;
  readonly text: string;
}

/** All texts for one tool or library. */
export interface Snippet {
  /** Its name on the command line. */
  readonly id: string;
  readonly title: string;
  parts(facts: SnippetFacts): readonly SnippetPart[];
}

/** Holds the key where a snippet does not name it. */
export const KEY_VARIABLE = 'SLUICE_API_KEY';
const KEY_WORD = 'YOUR-CLIENT-KEY';
export const QUESTION = 'Say hello.';

/** The key in files that know no variables. */
export function keyText({ key }: SnippetFacts): string {
  return key ?? KEY_WORD;
}

/** A text in double quotes, as JSON, Python, TypeScript and YAML take it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A text as one word of a POSIX shell. */
export function word(text: string): string {
  return /^[\w/:.,@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The key as one word of a POSIX shell, with something before it. */
export function keyWord({ key }: SnippetFacts, before = ''): string {
  return key === undefined ? `"${before}$${KEY_VARIABLE}"` : word(before + key);
}
