// What the gateway finds in a text, as places of the text.

import type { ConfigProblem } from '../../../../../server/src/admin/contract.ts';

/** One finding with the characters that it is about. */
export interface Finding {
  readonly from: number;
  readonly to: number;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** The findings, in the order of the text. */
export function findingsOf(problems: readonly ConfigProblem[], text: string): readonly Finding[] {
  const starts = lineStarts(text);
  return problems
    .map(({ severity, message, suggestion, path, line, column }): Finding => {
      const place =
        line === undefined ? 0 : Math.min(text.length, (starts[line - 1] ?? 0) + (column ?? 1) - 1);
      const where = path === '' ? '' : `${path}: `;
      const words = suggestion === undefined ? message : `${message} ${suggestion}`;
      return { ...extent(text, place), severity, message: `${where}${words}` };
    })
    .sort((one, other) => one.from - other.from);
}

/** The token at a place, or one character of it, so that there is something to be underlined. */
function extent(text: string, place: number): { readonly from: number; readonly to: number } {
  const token = /^(?:"(?:[^"\\\n]|\\.)*"?|[\w.+-]+)/.exec(text.slice(place))?.[0] ?? '';
  const to = Math.min(text.length, place + Math.max(1, token.length));
  return { from: Math.min(place, Math.max(0, to - 1)), to };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (const { index } of text.matchAll(/\n/g)) starts.push(index + 1);
  return starts;
}
