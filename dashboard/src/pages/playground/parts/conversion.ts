// The other three formats of what stands on the bench, asked anew when somebody stops typing.

import type { ConvertRequest, ConvertView, LossView } from '../../../../../server/src/admin/contract.ts';
import type { ApiError } from '../../../api/http.ts';
import type { Bench, Outgoing } from '../state/bench.ts';
import { looksLikeEvents } from '../wire/event-reader.ts';
import { FORMATS } from '../wire/formats.ts';
import { usePosted, useSettled } from './posted.ts';

const SETTLES_MS = 400;
/** The gateway takes bodies of 1 MiB; what is around the text needs some room, and JSON writes some letters longer. */
const MOST_CHARACTERS = 900_000;
const MOST_MODEL_CHARACTERS = 512;

/** One of the other formats. */
export type Target = ConvertView['targets'][number];

/** What is shown of it. */
export interface Conversion {
  readonly targets: readonly Target[] | undefined;
  readonly error: ApiError | null;
  /** Why nothing is asked. */
  readonly idle?: 'empty' | 'long';
}

/** What the gateway is asked; undefined where there is nothing to ask. */
export function conversionOf(
  { converting, answer }: Pick<Bench, 'converting' | 'answer'>,
  { dialect, model, stream, text }: Outgoing,
): ConvertRequest | 'empty' | 'long' {
  const isAnswer = converting === 'answer';
  const source = isAnswer ? answer : text;
  if (source.trim() === '') return 'empty';
  if (source.length > MOST_CHARACTERS) return 'long';
  const isStream = isAnswer ? isStreamed(answer) : stream;
  const named = model.trim();
  return {
    from: dialect,
    what: converting,
    text: isAnswer && isStream ? `${source}\n\n` : source,
    // The other formats say these in their bodies.
    ...(isAnswer || FORMATS[dialect].modelIn === 'path' ? { stream: isStream } : {}),
    ...(named === '' || named.length > MOST_MODEL_CHARACTERS ? {} : { model: named }),
  };
}

/** Gemini streams are one list in JSON unless events are asked for. */
function isStreamed(answer: string): boolean {
  return looksLikeEvents(answer) || /^\s*\[/.test(answer);
}

/** Asks for it. The last answer stays until the next one is there. */
export function useConversion(state: Bench, outgoing: Outgoing): Conversion {
  const asked = conversionOf(state, outgoing);
  const isIdle = typeof asked === 'string';
  // Compared as a text, because the object is another one each time.
  const settled = useSettled(isIdle ? '' : JSON.stringify(asked), SETTLES_MS);
  const body = isIdle || settled === '' ? undefined : (JSON.parse(settled) as ConvertRequest);
  const { data, error } = usePosted<ConvertView>('/convert', body);
  return { targets: isIdle ? undefined : data?.targets, error, ...(isIdle ? { idle: asked } : {}) };
}

/** All losses towards any format, those of the same words once. */
export function lossesOf(targets: readonly Target[] = []): readonly LossView[] {
  const all = new Map<string, LossView>();
  for (const { losses } of targets)
    for (const loss of losses) all.set(`${loss.path}\n${loss.severity}\n${loss.note}`, loss);
  return [...all.values()];
}
