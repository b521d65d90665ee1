// The file itself: its text with completion, help and the gateway's judgement beside it.

import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { type ReactElement, useCallback, useMemo, useRef, useState } from 'react';
import type { ConfigProblem, ModelView } from '../../../../../server/src/admin/contract.ts';
import { useAsk } from '../../../api/queries.ts';
import { useMessages } from '../../../language/messages.ts';
import { Card } from '../../../ui/card.tsx';
import { type Draft, draftStore, draftText, type as typeText } from '../draft/draft.ts';
import type { JsonSchema } from '../schema.ts';
import { CodeEditor, type EditorHandle } from './code-editor.tsx';
import { findingsOf } from './diagnostics.ts';
import { editorMessages } from './messages.ts';
import type { KnownNames } from './suggest.ts';
import { type Checked, wiringOf } from './wiring.ts';

interface FileTabProps {
  readonly draft: Draft;
  readonly schema: JsonSchema;
}

/** The tab. */
export function FileTab({ draft, schema }: FileTabProps): ReactElement {
  const text = useMessages(editorMessages);
  const [checked, setChecked] = useState<Checked>({ state: 'checking' });
  const handle = useRef<EditorHandle>(null);
  const known = useKnownNames();
  const whole = useMemo(() => draftText(draft), [draft]);
  // The editor knows one kind of line break; the file keeps its own.
  const hasCarriageReturns = draft.base.text.includes('\r\n');
  const shown = whole.replaceAll('\r\n', '\n');
  const change = useCallback(
    (next: string) => typeText(hasCarriageReturns ? next.replaceAll('\n', '\r\n') : next),
    [hasCarriageReturns],
  );
  const indent = /^([ \t]+)["{[]/m.exec(whole)?.[1] ?? '  ';
  return (
    <Card title={text.title} hint={text.keysHint} actions={<State checked={checked} />} flush>
      <CodeEditor
        text={shown}
        current={currentText}
        label={text.editor}
        onChange={change}
        extensions={() => wiringOf({ schema, known, indent, onChecked: setChecked })}
        handle={handle}
        className="h-[max(24rem,calc(100dvh-26rem))] border-line border-y"
      />
      <Findings checked={checked} text={shown} onGo={(offset) => handle.current?.goTo(offset)} />
      <p className="px-4 py-2.5 text-faint text-xs">{text.secretsHint}</p>
    </Card>
  );
}

/** The text of the draft as the editor writes it. */
function currentText(): string {
  const draft = draftStore.get();
  return draft === undefined ? '' : draftText(draft).replaceAll('\r\n', '\n');
}

/** Names of models, for completion; the newest whenever they are wanted. */
function useKnownNames(): () => KnownNames {
  const asked = useAsk<{ readonly models: readonly ModelView[] }>(
    '/models',
    { limit: 1_000 },
    { everyMs: false },
  );
  const latest = useRef<KnownNames>({ models: [] });
  if (asked.data !== undefined) latest.current = { models: asked.data.models.map(({ id }) => id) };
  return useCallback(() => latest.current, []);
}

function State({ checked }: { readonly checked: Checked }): ReactElement {
  const text = useMessages(editorMessages);
  if (checked.state !== 'checked')
    return (
      <p className="text-faint text-xs">{checked.state === 'checking' ? text.checking : text.notChecked}</p>
    );
  const errors = checked.problems.filter(({ severity }) => severity === 'error').length;
  const warnings = checked.problems.length - errors;
  return (
    <p role="status" className="flex flex-wrap items-center gap-3 text-xs">
      {errors > 0 && (
        <span className="flex items-center gap-1 text-bad">
          <CircleAlert aria-hidden="true" className="size-3.5" />
          {text.errors(errors)}
        </span>
      )}
      {warnings > 0 && (
        <span className="flex items-center gap-1 text-caution">
          <TriangleAlert aria-hidden="true" className="size-3.5" />
          {text.warnings(warnings)}
        </span>
      )}
      {errors === 0 && (
        <span className="flex items-center gap-1 text-good">
          <CircleCheck aria-hidden="true" className="size-3.5" />
          {text.fine}
        </span>
      )}
    </p>
  );
}

interface FindingsProps {
  readonly checked: Checked;
  readonly text: string;
  readonly onGo: (offset: number) => void;
}

const none: readonly ConfigProblem[] = [];

function Findings({ checked, text: source, onGo }: FindingsProps): ReactElement | null {
  const text = useMessages(editorMessages);
  const last = useRef(none);
  // What was found last stays while the next text is checked: no jump of the layout.
  if (checked.state === 'checked') last.current = checked.problems;
  const findings = findingsOf(last.current, source);
  if (findings.length === 0) return null;
  return (
    <ul
      aria-label={text.findings}
      className="max-h-48 divide-y divide-line overflow-y-auto border-line border-b"
    >
      {findings.map(({ from, severity, message }) => (
        <li key={`${from} ${message}`}>
          <button
            type="button"
            className="flex w-full items-start gap-2 px-4 py-1.5 text-left text-sm hover:bg-sunken"
            onClick={() => onGo(from)}
          >
            {severity === 'error' ? (
              <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
            ) : (
              <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-caution" />
            )}
            <span className="shrink-0 text-faint text-xs leading-5 tabular-nums">
              {text.goTo(source.slice(0, from).split('\n').length)}
            </span>
            <span className="min-w-0 break-words">{message}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
