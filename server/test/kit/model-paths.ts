// What tests of model names share: every client format asking an upstream of its own format and of another one, the names
// that an answer shows, and requests without a name.

import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import type { Behaviour } from './fault-upstream.ts';
import { type WireRequest, wires } from './wire.ts';

/** A client's format, the upstream's, and whether a stream is asked for. */
export interface ModelPath {
  readonly from: DialectId;
  readonly to: DialectId;
  readonly stream: boolean;
}

const OTHERS: Readonly<Record<DialectId, DialectId>> = {
  'openai-chat': 'anthropic-messages',
  'openai-responses': 'gemini',
  'anthropic-messages': 'openai-chat',
  gemini: 'openai-responses',
};

/** Titles and paths: four formats, native and converted, JSON and streamed. */
export const MODEL_PATHS: readonly (readonly [string, ModelPath])[] = DIALECT_IDS.flatMap((from) =>
  [from, OTHERS[from]].flatMap((to) =>
    [false, true].map((stream) => {
      const title = `${from}${to === from ? '' : ` over ${to}`}, ${stream ? 'streamed' : 'JSON'}`;
      return [title, { from, to, stream }] as const;
    }),
  ),
);

/** Answers well under a name of the upstream's own, whatever it was asked for. */
export function servedAs(name: string): Behaviour {
  return (turn) => {
    const wire = wires[turn.dialect];
    if (!turn.stream) {
      turn.whole(200, wire.json(name, turn.text));
      return;
    }
    turn.head(200, { 'Content-Type': 'text/event-stream' });
    for (const event of wire.events(name, turn.text)) turn.piece(event);
    turn.end();
  };
}

/** The model names that an answer shows, each once. */
export function namesIn(answer: string): string[] {
  return [
    ...new Set([...answer.matchAll(/"model(?:Version)?"\s*:\s*"([^"]*)"/g)].map(([, name]) => name ?? '')),
  ];
}

/** Ways in which a request names no model; a format that names it in the path knows only the first. */
export const NAMELESS = ['missing', 'null', 'empty'] as const;

/** A request that names no model. */
export function nameless(from: DialectId, stream: boolean, way: (typeof NAMELESS)[number]): WireRequest {
  const { path, body } = wires[from].request('MODEL', stream, 'Hello');
  if (from === 'gemini') return { path: path.replace('MODEL', ''), body };
  const text = { missing: '', null: '"model":null,', empty: '"model":"",' }[way];
  return { path, body: body.replace('"model":"MODEL",', text) };
}
