// Everything that is told of the gateway by hand.

import { curlSnippets } from './curl.ts';
import { librarySnippets } from './libraries.ts';
import type { Snippet } from './snippet.ts';
import { toolSnippets } from './tools.ts';

/** In the order in which they are listed. */
export const SNIPPETS: readonly Snippet[] = [...toolSnippets, ...librarySnippets, ...curlSnippets];

/** The snippet of a name. */
export function findSnippet(name: string): Snippet | undefined {
  return SNIPPETS.find(({ id }) => id === name.toLowerCase());
}
