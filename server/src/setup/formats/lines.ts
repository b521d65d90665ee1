// Texts as lines that keep their ends, so that putting them together again gives the same bytes.

/** Every line with its line break; the last one may have none. */
export function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The line break that a text uses. */
export function lineBreakIn(text: string): '\n' | '\r\n' {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** A text that something can be put behind: its last line is ended. */
export function ended(text: string, lineBreak: string = lineBreakIn(text)): string {
  return text === '' || text.endsWith('\n') ? text : text + lineBreak;
}
