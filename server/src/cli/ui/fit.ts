// Texts cut and padded to columns of a terminal, where some characters take two of them and some none.

/** Characters that take two columns: those of East Asia, and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NONE = /\p{M}|\u200d/u;

function columnsOf(character: string): number {
  if (character >= ' ' && character <= '~') return 1;
  if (NONE.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** How many columns a text without escapes takes. */
export function textColumns(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOf(character);
  return columns;
}

/** Exactly so many columns: cut with "…", or filled up. */
export function fit(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  if (columns <= 0) return '';
  const taken = textColumns(text);
  if (taken <= columns) {
    const rest = ' '.repeat(columns - taken);
    return side === 'left' ? text + rest : rest + text;
  }
  let cut = '';
  let used = 0;
  for (const character of text) {
    const more = columnsOf(character);
    if (used + more > columns - 1) break;
    cut += character;
    used += more;
  }
  return `${cut}…${' '.repeat(columns - 1 - used)}`;
}
