// CodeMirror in a shadow root: there its rules are adopted style sheets, which the policy of the page allows, and the rules
// of the page do not reach in.

import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { codeFolding, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { type ReactElement, type RefObject, useEffect, useRef } from 'react';
import { editorLook } from './look.ts';

/** What others do with the editor. */
export interface EditorHandle {
  /** Puts the cursor there and shows it. */
  goTo(offset: number): void;
}

interface CodeEditorProps {
  readonly text: string;
  /** The text at this very moment: what is drawn may be a key press behind. */
  readonly current: () => string;
  readonly label: string;
  readonly onChange: (text: string) => void;
  /** Language, completion, checks: taken when the editor is made. */
  readonly extensions: () => Extension;
  readonly handle: RefObject<EditorHandle | null>;
  readonly className?: string;
}

/** The editor. */
export function CodeEditor({
  text,
  current,
  label,
  onChange,
  extensions,
  handle,
  className,
}: CodeEditorProps): ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef({ current, onChange, extensions });
  useEffect(() => {
    latest.current = { current, onChange, extensions };
  });
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    // React may run this twice on one element while developing.
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const editor = makeEditor(root, label, latest.current.current(), latest.current.extensions(), (next) =>
      latest.current.onChange(next),
    );
    view.current = editor;
    handle.current = {
      goTo: (offset) => {
        editor.dispatch({
          selection: { anchor: Math.min(offset, editor.state.doc.length) },
          scrollIntoView: true,
        });
        editor.focus();
      },
    };
    const stop = keepKeys(element);
    return () => {
      stop();
      editor.destroy();
      view.current = null;
      handle.current = null;
    };
  }, [label, handle]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text is when to look; which one it is by now is asked.
  useEffect(() => {
    const editor = view.current;
    // A change from elsewhere, such as discarding: the editor follows. What was typed here is there already.
    const now = current();
    if (editor !== null && editor.state.doc.toString() !== now)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: now } });
  }, [text, current]);
  return <div ref={host} className={className} />;
}

/** Keys that were typed here are not shortcuts of the page, which cannot see what has the focus in a shadow root. */
function keepKeys(element: HTMLElement): () => void {
  const keep = (event: KeyboardEvent): void => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  };
  element.addEventListener('keydown', keep);
  return () => element.removeEventListener('keydown', keep);
}

/** Keys that say nothing about what Tab is to do. */
const KEYS_BESIDE: readonly string[] = ['Tab', 'Shift', 'Control', 'Alt', 'Meta'];

function makeEditor(
  root: ShadowRoot,
  label: string,
  text: string,
  more: Extension,
  onChange: (text: string) => void,
): EditorView {
  const state = EditorState.create({
    doc: text,
    extensions: [
      lineNumbers(),
      lintGutter(),
      foldGutter(),
      codeFolding(),
      history(),
      drawSelection(),
      indentOnInput(),
      closeBrackets(),
      autocompletion({ icons: false }),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      highlightSelectionMatches(),
      EditorState.tabSize.of(2),
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.doc.toString());
        if (update.focusChanged && !update.view.hasFocus) update.view.setTabFocusMode(false);
      }),
      // After Escape, Tab leaves the editor, however long one takes for it; any other key makes it indent again. Keys decide,
      // not changes of the text, and before all others: an Escape also ends a completion that nobody sees yet.
      Prec.highest(
        EditorView.domEventHandlers({
          keydown: ({ key }, view) => {
            if (!KEYS_BESIDE.includes(key)) view.setTabFocusMode(key === 'Escape');
            return false;
          },
        }),
      ),
      keymap.of([
        { key: 'Tab', run: acceptCompletion },
        ...closeBracketsKeymap,
        ...defaultKeymap,
        ...searchKeymap,
        ...historyKeymap,
        ...foldKeymap,
        ...completionKeymap,
        ...lintKeymap,
        indentWithTab,
      ]),
      editorLook,
      more,
    ],
  });
  return new EditorView({ state, parent: root, root });
}
