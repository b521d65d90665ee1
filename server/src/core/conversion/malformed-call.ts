// A model that wrote a tool call which is none (gemini's MALFORMED_FUNCTION_CALL and its kin) has not answered. Shown as a
// clean end it would stop the client's loop without a word, so it is an error, unless something useful came before it.

import { sluiceError } from '../model/error.ts';
import type { Emit, StopEvent } from '../model/event.ts';

/** Puts itself before `emit`. Holds back such stops until the answer ends, because other choices may still say something. */
export function malformedCallsFail(emit: Emit): Emit {
  const held: StopEvent[] = [];
  /** Something besides such stops has come. */
  let useful = false;
  return (event) => {
    if (event.type === 'open') useful = true;
    else if (event.type === 'stop') {
      if (event.stop.reason === 'malformed-call') {
        held.push(event);
        return;
      }
      useful = true;
    } else if (event.type === 'end' && held.length > 0) {
      if (!useful) {
        emit({ type: 'error', error: malformed(held[0]) });
        return;
      }
      for (const stop of held) emit(stop);
    }
    emit(event);
  };
}

function malformed(event: StopEvent | undefined) {
  const { native, explanation } = event?.stop ?? {};
  const word = native === undefined ? '' : ` (${native})`;
  const said = explanation === undefined ? '' : ` ${explanation}`;
  return sluiceError('upstream_answer', `The model wrote a tool call that is none${word}.${said}`, {
    suggestion: 'Send the request again.',
  });
}
