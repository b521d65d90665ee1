// What the editor knows of this file: suggestions and help out of the schema, and the gateway's own judgement.

import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  insertCompletionText,
} from '@codemirror/autocomplete';
import { type Diagnostic, linter } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { type EditorView, hoverTooltip } from '@codemirror/view';
import type { ConfigProblem, ConfigValidation } from '../../../../../server/src/admin/contract.ts';
import { ask } from '../../../api/http.ts';
import type { JsonSchema } from '../schema.ts';
import { findingsOf } from './diagnostics.ts';
import { jsoncLanguage } from './jsonc.ts';
import { helpAt, type KnownNames, type Suggestion, suggestionsAt } from './suggest.ts';

/** What a check of the text has found. */
export type Checked =
  | { readonly state: 'checking' }
  | { readonly state: 'failed' }
  | { readonly state: 'checked'; readonly problems: readonly ConfigProblem[] };

interface Wiring {
  readonly schema: JsonSchema;
  readonly known: () => KnownNames;
  readonly indent: string;
  readonly onChecked: (checked: Checked) => void;
}

/** After this much silence a text is checked. */
const CHECK_AFTER_MS = 400;

/** Language, completion, help and checks. */
export function wiringOf({ schema, known, indent, onChecked }: Wiring): Extension {
  const complete = (context: CompletionContext): CompletionResult | null => {
    const found = suggestionsAt(context.state.doc.toString(), context.pos, schema, known());
    if (found === undefined) return null;
    // Without being asked, only where something was begun.
    if (!context.explicit && found.from === context.pos) return null;
    return {
      from: found.from,
      to: found.to,
      options: found.options.map(completionOf),
      filter: true,
      validFor: /^"?[\w.-]*$/,
    };
  };
  return [
    jsoncLanguage(indent),
    EditorState.languageData.of(() => [{ autocomplete: complete }]),
    hoverTooltip((view, pos) => {
      const help = helpAt(view.state.doc.toString(), pos, schema);
      return help === undefined
        ? null
        : { pos: help.from, end: help.to, create: () => ({ dom: helpElement(help) }) };
    }),
    linter((view) => check(view, onChecked), { delay: CHECK_AFTER_MS }),
  ];
}

const TYPES: Readonly<Record<Suggestion['kind'], string>> = {
  member: 'property',
  value: 'enum',
  id: 'constant',
};

function completionOf({ label, insert, kind, info, detail }: Suggestion): Completion {
  return {
    // Matched against what stands there, quotes and all.
    label: insert.startsWith('"') ? `"${label}"` : label,
    displayLabel: label,
    type: TYPES[kind],
    ...(detail === '' ? {} : { detail }),
    ...(info === '' ? {} : { info }),
    apply: (view, _completion, from, to) => {
      // Into an empty text, object or list that was put in, where one goes on writing.
      const inner = /(?:""|\{\}|\[\]),?$/.exec(insert);
      const change = insertCompletionText(view.state, insert, from, to);
      const cursor = inner === null || kind !== 'member' ? insert.length : inner.index + 1;
      view.dispatch({ ...change, selection: { anchor: from + cursor } });
    },
  };
}

function helpElement({ name, description, detail }: NonNullable<ReturnType<typeof helpAt>>): HTMLElement {
  const element = document.createElement('div');
  const line = (className: string, text: string): void => {
    const part = document.createElement('div');
    part.className = className;
    part.textContent = text;
    element.append(part);
  };
  line('cm-help-name', name);
  line('cm-help-words', description);
  if (detail !== '') line('cm-help-facts', detail);
  return element;
}

async function check(
  view: EditorView,
  onChecked: (checked: Checked) => void,
): Promise<readonly Diagnostic[]> {
  const text = view.state.doc.toString();
  onChecked({ state: 'checking' });
  try {
    const { problems } = await ask<ConfigValidation>('/config/validate', { method: 'POST', body: { text } });
    onChecked({ state: 'checked', problems });
    return findingsOf(problems, text).map((finding) => ({ ...finding }));
  } catch {
    onChecked({ state: 'failed' });
    return [];
  }
}
