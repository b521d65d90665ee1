// Edits responses on their way to the client: the model's name.

import type { Bytes } from '../../bytes.ts';
import type { Edit, EventEditing, Framing } from '../dialect.ts';
import { echoInBlock, echoInObject } from '../kit/model-echo.ts';

const PLACE = { paths: [['response', 'model']], needle: 'model"' };

/** The edits of a complete answer. */
export function editAnswer(body: Bytes, echoModel: string): readonly Edit[] {
  return echoInObject(body, [['model']], echoModel);
}

/** The edits of a run of events; only lifecycle events name the model. */
export function editEvents(block: Bytes, editing: EventEditing, framing: Framing): 'keep' | readonly Edit[] {
  if (editing.echoModel === undefined) return 'keep';
  const edits = echoInBlock(block, PLACE, editing.echoModel, framing);
  return edits.length === 0 ? 'keep' : edits;
}
