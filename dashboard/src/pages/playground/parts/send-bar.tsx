// Sending, stopping, keeping, and the same as a command.

import { Send, Square } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStore } from '../../../app/store.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { CheckField } from '../../../ui/field.tsx';
import { curlOfCapture } from '../../request/curl.ts';
import { playgroundMessages } from '../messages.ts';
import { type Bench, bench, change, outgoingOf } from '../state/bench.ts';
import { anyRunning, runs, sendAll, stopAll } from '../state/runs.ts';
import { requestHeaders } from '../state/send.ts';
import { FORMATS } from '../wire/formats.ts';
import { readHeaderLines } from '../wire/header-lines.ts';

/** The request as a command; the key is a variable in it. */
export function curlOf(state: Bench, origin: string): string {
  const { dialect, model, stream, text } = outgoingOf(state);
  const [path = '', query] = FORMATS[dialect].path(model, stream).split('?');
  const request = {
    method: 'POST',
    path,
    query: query === undefined ? '' : `?${query}`,
    // The builder puts the key where it belongs, and leaves out any other.
    headers: requestHeaders(dialect, readHeaderLines(state.headers).headers, ''),
    body: { bytes: new TextEncoder().encode(text).length, encoding: 'utf8', text, cut: false },
  } as const;
  return curlOfCapture({ request, dialectIn: dialect }, origin);
}

/** The bar. */
export function SendBar({ state }: { readonly state: Bench }): ReactElement {
  const text = useMessages(playgroundMessages);
  const all = useStore(runs);
  const isRunning = anyRunning(all);
  const hasOwnKey = state.ownKey.trim() !== '';
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line border-t pt-3">
      {isRunning ? (
        <Button onClick={stopAll}>
          <Square aria-hidden="true" className="size-3.5" />
          {text.stop}
        </Button>
      ) : (
        <Button weight="primary" onClick={() => void sendAll()}>
          <Send aria-hidden="true" className="size-4" />
          {all.first === undefined ? text.send : text.sendAgain}
        </Button>
      )}
      <CheckField
        label={<span title={text.keepHint}>{text.keep}</span>}
        checked={state.keep && !hasOwnKey}
        disabled={hasOwnKey}
        title={hasOwnKey ? text.keepOwnKey : text.keepHint}
        onChange={(event) => change({ keep: event.target.checked })}
      />
      <div className="ml-auto">
        <CopyButton label={text.curl} text={() => curlOf(bench.get(), window.location.origin)} />
      </div>
    </div>
  );
}
