// What is on the bench: everything that somebody has written in the playground. It outlives the page within this visit, and
// is never kept by the browser, because prompts may be private.

import { createStore, type Store } from '../../../app/store.ts';
import { modelIn, streamIn, withMember } from '../wire/body.ts';
import { type Dialect, FORMATS, formatOf, type Mode } from '../wire/formats.ts';
import { starterBody } from '../wire/starters.ts';
import { type ChatForm, chatBody, emptyForm } from './chat-form.ts';

/** What one of the two lanes does; the second one compares. */
export type Lane = 'first' | 'second';

/** The bench. */
export interface Bench {
  readonly mode: Mode;
  /** The model that was chosen; the body of a format that was written by hand has the last word. */
  readonly model: string;
  readonly chat: ChatForm;
  /** Bodies that were written by hand, by format; the starter where absent. */
  readonly bodies: Readonly<Partial<Record<Dialect, string>>>;
  /** Of the format whose body does not say it. */
  readonly streamInPath: boolean;
  /** Further headers, as written. */
  readonly headers: string;
  /** A key of one's own in place of the playground's. */
  readonly ownKey: string;
  /** The model that is asked as well; '' for none. */
  readonly compareWith: string;
  /** The next request is captured. */
  readonly keep: boolean;
  /** What is converted beside the request: an answer that was pasted in. */
  readonly converting: 'request' | 'answer';
  readonly answer: string;
}

/** The bench of this visit. */
export const bench: Store<Bench> = createStore<Bench>({
  mode: 'chat',
  model: '',
  chat: emptyForm(),
  bodies: {},
  streamInPath: true,
  headers: '',
  ownKey: '',
  compareWith: '',
  keep: false,
  converting: 'request',
  answer: '',
});

/** Changes some of it. */
export function change(part: Partial<Bench>): void {
  bench.set({ ...bench.get(), ...part });
}

/** Changes some of the form. */
export function changeChat(part: Partial<ChatForm>): void {
  change({ chat: { ...bench.get().chat, ...part } });
}

/** The body of a format as it stands in its editor. */
export function bodyText({ bodies, model }: Bench, dialect: Dialect): string {
  return bodies[dialect] ?? starterBody(dialect, model);
}

/** What would be sent now. */
export interface Outgoing {
  readonly dialect: Dialect;
  readonly model: string;
  readonly stream: boolean;
  readonly text: string;
}

/** Reads the bench. `as`: another model than the one that stands there. */
export function outgoingOf(state: Bench, as?: string): Outgoing {
  const dialect = formatOf(state.mode);
  if (state.mode === 'chat') {
    const model = as ?? state.model;
    const body = chatBody(state.chat, model);
    return { dialect, model, stream: state.chat.stream, text: JSON.stringify(body, undefined, 2) };
  }
  const written = bodyText(state, dialect);
  if (FORMATS[dialect].modelIn === 'path')
    return { dialect, model: as ?? state.model, stream: state.streamInPath, text: written };
  const text = as === undefined ? written : withMember(written, 'model', as);
  return { dialect, model: modelIn(text) ?? '', stream: streamIn(text), text };
}

/** The bench with another model, also in the body that is open. */
export function withModel(state: Bench, model: string): Bench {
  const dialect = formatOf(state.mode);
  const written = state.bodies[dialect];
  if (state.mode === 'chat' || written === undefined || FORMATS[dialect].modelIn === 'path')
    return { ...state, model };
  return { ...state, model, bodies: { ...state.bodies, [dialect]: withMember(written, 'model', model) } };
}

/** The bench with or without a stream. */
export function withStream(state: Bench, stream: boolean): Bench {
  if (state.mode === 'chat') return { ...state, chat: { ...state.chat, stream } };
  const { mode: dialect } = state;
  if (FORMATS[dialect].modelIn === 'path') return { ...state, streamInPath: stream };
  let text = withMember(bodyText(state, dialect), 'stream', stream);
  // Chat Completions refuses the one without the other.
  if (dialect === 'openai-chat')
    text = withMember(text, 'stream_options', stream ? { include_usage: true } : undefined);
  return { ...state, bodies: { ...state.bodies, [dialect]: text } };
}

/** The bench with a body in the editor of its format. */
export function opened(
  state: Bench,
  { dialect, text, model, stream }: Partial<Outgoing> & Pick<Outgoing, 'dialect' | 'text'>,
): Bench {
  return {
    ...state,
    mode: dialect,
    model: model ?? state.model,
    streamInPath: stream ?? state.streamInPath,
    bodies: { ...state.bodies, [dialect]: text },
  };
}
