// The language of the file: JSON with comments, a token at a time. What is wrong with a text the gateway says, not this.

import {
  bracketMatching,
  foldService,
  HighlightStyle,
  indentUnit,
  StreamLanguage,
  syntaxHighlighting,
} from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';

interface State {
  /** Within a comment that goes over several lines. */
  inComment: boolean;
  depth: number;
}

const jsonc = StreamLanguage.define<State>({
  name: 'jsonc',
  startState: () => ({ inComment: false, depth: 0 }),
  copyState: (state) => ({ ...state }),
  token(stream, state) {
    if (state.inComment) {
      if (stream.skipTo('*/')) {
        stream.match('*/');
        state.inComment = false;
      } else stream.skipToEnd();
      return 'comment';
    }
    if (stream.eatSpace()) return null;
    if (stream.match('//')) {
      stream.skipToEnd();
      return 'comment';
    }
    if (stream.match('/*')) {
      state.inComment = true;
      return 'comment';
    }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/))
      return /^\s*:/.test(stream.string.slice(stream.pos)) ? 'propertyName' : 'string';
    if (stream.match(/^-?\d[\d.eE+-]*/)) return 'number';
    if (stream.match(/^(?:true|false|null)\b/)) return 'atom';
    const next = stream.next();
    if (next === '{' || next === '[') state.depth += 1;
    if (next === '}' || next === ']') state.depth = Math.max(0, state.depth - 1);
    return next !== undefined && '{}[]'.includes(next ?? '') ? 'bracket' : 'punctuation';
  },
  indent: (state, textAfter, context) =>
    Math.max(0, state.depth - (/^\s*[}\]]/.test(textAfter) ? 1 : 0)) * context.unit,
  languageData: {
    commentTokens: { line: '//', block: { open: '/*', close: '*/' } },
    closeBrackets: { brackets: ['{', '[', '"'] },
    indentOnInput: /^\s*[}\]]$/,
  },
});

/** Colours that follow the theme of the page by themselves: they are its variables. */
const colours = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--faint)', fontStyle: 'italic' },
  { tag: tags.propertyName, color: 'var(--water)' },
  { tag: tags.string, color: 'var(--ink)' },
  { tag: tags.number, color: 'var(--series-2)' },
  { tag: tags.atom, color: 'var(--series-4)' },
  { tag: [tags.bracket, tags.punctuation], color: 'var(--soft)' },
]);

/** Blocks that go over several lines can be folded: from a bracket at the end of a line to the one that closes it. */
const folding = foldService.of((state, from, to) => {
  const line = state.sliceDoc(from, to);
  const bracket = /[[{]\s*(?:\/\/.*)?$/.exec(line);
  if (bracket === null) return null;
  const open = from + bracket.index;
  const indent = /^\s*/.exec(line)?.[0].length ?? 0;
  for (let number = state.doc.lineAt(from).number + 1; number <= state.doc.lines; number++) {
    const { text, from: start } = state.doc.line(number);
    const closing = /^(\s*)[\]}]/.exec(text);
    if (closing !== null && (closing[1]?.length ?? 0) <= indent)
      return { from: open + 1, to: start + (closing[1]?.length ?? 0) };
  }
  return null;
});

/** Everything that knows the language. */
export function jsoncLanguage(indent: string): Extension {
  return [
    jsonc,
    syntaxHighlighting(colours),
    indentUnit.of(indent),
    bracketMatching({ maxScanDistance: 50_000 }),
    folding,
  ];
}
