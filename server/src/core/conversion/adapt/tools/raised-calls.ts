// Changes the tool calls of an answer on their way to the client: their names and ids, never their arguments.

import type { Part, ToolCallPart } from '../../../model/content.ts';
import type { Emit } from '../../../model/event.ts';

/** Puts itself before an emitter and gives every tool call to `change`, once as it opens and once as it closes. */
export function raisedCalls(change: (call: ToolCallPart) => ToolCallPart): (emit: Emit) => Emit {
  const raised = (part: Part) => (part.type === 'tool-call' ? change(part) : part);
  return (emit) => (event) => {
    if (event.type === 'open') {
      const part = raised(event.part);
      emit(part === event.part ? event : { ...event, part });
    } else if (event.type === 'close') {
      const part = raised(event.part);
      emit(part === event.part ? event : { ...event, part });
    } else emit(event);
  };
}
