// What a snippet depends on, and how texts are written in the languages that snippets are in. A model may be called anything:
// it stays text in all of them.

/** What a snippet depends on. */
export interface SnippetFacts {
  /** Address of the gateway, without a path: "http://127.0.0.1:9208". */
  readonly origin: string;
  readonly model: string;
  /** The client key itself; undefined: it stands in the environment variable of KEY_VARIABLE. */
  readonly key: string | undefined;
}

/** One text to be copied. */
export interface SnippetPart {
  /** What it is: the name of a file, "shell", or a place in the settings of a program. */
  readonly where: string;
  readonly text: string;
}

/** How one library or tool is pointed at the gateway. */
export interface Snippet {
  readonly id: SnippetId;
  readonly name: string;
  readonly parts: readonly SnippetPart[];
}

/** All that there are snippets for. */
export type SnippetId = LibraryId | CurlId | ToolId;
export type LibraryId =
  | 'openai-python'
  | 'openai-typescript'
  | 'anthropic-python'
  | 'anthropic-typescript'
  | 'google-python'
  | 'google-typescript'
  | 'langchain-python'
  | 'langchain-typescript';
export type CurlId = 'curl-chat' | 'curl-responses' | 'curl-messages' | 'curl-gemini';
export type ToolId =
  | 'claude-code'
  | 'codex'
  | 'opencode'
  | 'gemini-cli'
  | 'cursor'
  | 'cline'
  | 'continue'
  | 'aider'
  | 'zed';

/** The variable that holds the key where a snippet does not say it. */
export const KEY_VARIABLE = 'SLUICE_API_KEY';
/** Stands for the key in files that know no variables. */
export const KEY_PLACEHOLDER = 'YOUR-CLIENT-KEY';
/** What is sent where the gateway asks for no key, because libraries insist on one. */
export const ANY_KEY = 'any';

/** What the snippets say. */
export const QUESTION = 'Say hello in five words.';

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_/:.,@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The key as one word of a POSIX shell. */
export function shellKey(key: string | undefined): string {
  return key === undefined ? `"$${KEY_VARIABLE}"` : shellWord(key);
}

/** A header with the key, as one word of a POSIX shell. */
export function shellHeader(name: string, before: string, key: string | undefined): string {
  return key === undefined ? `"${name}: ${before}$${KEY_VARIABLE}"` : shellWord(`${name}: ${before}${key}`);
}

/** A text in double quotes, as JSON, Python, TypeScript, TOML and YAML take it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** JSON as files have it. */
export function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
