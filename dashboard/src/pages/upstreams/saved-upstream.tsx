// After an upstream has been saved: whether it is in force, what the gateway says of it, and whether it works.

import { type ReactElement, useLayoutEffect, useRef } from 'react';
import type { EntryOutcome } from '../../../../server/src/admin/contract.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { formMessages } from './form-messages.ts';
import { TryUpstream } from './try-upstream.tsx';

interface SavedProps {
  readonly outcome: EntryOutcome;
  readonly onClose: () => void;
}

/** The words. */
export function SavedUpstream({ outcome, onClose }: SavedProps): ReactElement {
  const text = useMessages(formMessages);
  const format = useFormat();
  const done = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => done.current?.focus(), []);
  const { id, change } = outcome;
  return (
    <div className="flex flex-col gap-4">
      <p role="status" className="font-medium">
        {text.saved(id)}
      </p>
      {!change.inForce && <p className="text-bad text-sm">{text.notInForce}</p>}
      {change.problems.length > 0 && (
        <ul className="flex flex-col gap-1 text-soft text-sm">
          {change.problems.map(({ path, message, suggestion }) => (
            <li key={`${path} ${message}`}>
              {path !== '' && <code className="font-mono text-xs">{path}</code>} {message} {suggestion}
            </li>
          ))}
        </ul>
      )}
      {change.forgottenKeys.length > 0 && (
        <p className="text-caution text-sm">{text.forgotten(format.list(change.forgottenKeys))}</p>
      )}
      {change.inForce && <TryUpstream id={id} attempt={change.etag} />}
      <div className="flex justify-end">
        <Button ref={done} weight="primary" onClick={onClose}>
          {text.done}
        </Button>
      </div>
    </div>
  );
}
