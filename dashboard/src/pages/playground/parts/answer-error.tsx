// Why there is no answer: in the format's own words where the gateway has answered, in the page's where it could not be asked.

import type { ReactElement } from 'react';
import { useMessages } from '../../../language/messages.ts';
import { CodeBlock } from '../../../ui/code.tsx';
import { Failure } from '../../../ui/states.tsx';
import { playgroundMessages } from '../messages.ts';
import { headerOf, type Run } from '../state/run.ts';
import { parseJson } from '../wire/json.ts';

/** The error, if there is one. */
export function AnswerError({ run }: { readonly run: Run }): ReactElement | null {
  const text = useMessages(playgroundMessages);
  const { problem, reply, broken = false, body, state } = run;
  if (problem !== undefined)
    return (
      <div className="-m-4">
        <Failure error={problem} />
      </div>
    );
  const { failure } = reply;
  if (failure === undefined && !broken && state !== 'failed') return null;
  const code = failure?.code ?? headerOf(run, 'x-sluice-error');
  return (
    <div role="alert" className="flex min-w-0 flex-col gap-2 rounded-lg bg-bad-soft p-3 text-sm">
      {broken && <p className="font-medium text-bad">{text.broken}</p>}
      {failure !== undefined && (
        <p className="whitespace-pre-wrap break-words font-medium text-bad">{failure.message}</p>
      )}
      {(failure?.type !== undefined || code !== undefined) && (
        <p className="flex flex-wrap gap-x-4 text-soft text-xs">
          {failure?.type !== undefined && <span>{text.errorType(failure.type)}</span>}
          {code !== undefined && <span>{text.errorCode(code)}</span>}
        </p>
      )}
      {body !== undefined && <CodeBlock text={pretty(body)} label={text.errorBody} wrap />}
    </div>
  );
}

/** JSON over several lines; anything else as it is. */
export function pretty(text: string): string {
  const value = parseJson(text);
  return value === undefined ? text : JSON.stringify(value, undefined, 2);
}
