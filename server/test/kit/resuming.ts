// A stream that breaks off and is gone on with, as a client of the format reads it.

import { expect } from 'vitest';
import { overhear, primedEncoder } from '../../src/core/conversion/resume/primed-encoder.ts';
import { spliced } from '../../src/core/conversion/resume/spliced.ts';
import type { AnswerEncoding, Framing } from '../../src/core/dialects/dialect.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { StreamEvent } from '../../src/core/model/event.ts';
import { createFold } from '../../src/core/model/fold.ts';
import { checkGrammar } from '../../src/core/model/grammar.ts';
import { lossReport } from '../../src/core/model/loss.ts';
import type { ChatRequest } from '../../src/core/model/request.ts';
import type { ChatResponse } from '../../src/core/model/response.ts';
import { sseEvents } from './sse-events.ts';

/** A request whose answers may be resumed. */
export function plainRequest(origin: DialectId, more: Partial<ChatRequest> = {}): ChatRequest {
  return {
    origin,
    model: 'm-1',
    stream: true,
    includeUsage: true,
    turns: [{ role: 'user', parts: [{ type: 'text', text: 'Tell me a story.' }] }],
    tools: [],
    sampling: {},
    ...more,
  };
}

/** What an encoder needs; `letter` fills the seed. */
function encodingFor(origin: DialectId, letter: string): AnswerEncoding {
  return {
    origin,
    request: plainRequest(origin),
    model: 'm-1',
    seed: letter.repeat(32),
    createdAt: 1_700_000_000,
    inputTokens: 1,
    losses: lossReport(),
  };
}

/** Pieces of a stream, each one event or element with its framing. */
export function written(
  id: DialectId,
  framing: Framing,
  events: readonly StreamEvent[],
  letter: string,
): string[] {
  const pieces: string[] = [];
  const encoder = dialects[id].codec.encodeStream(
    (text) => pieces.push(text),
    encodingFor(id, letter),
    framing,
  );
  for (const event of events) encoder.event(event);
  return pieces;
}

/** Name and data of the events in a text. */
function eventsIn(framing: Framing, text: string): readonly (readonly [string, string])[] {
  if (framing === 'sse') return sseEvents(text);
  const whole = text === '' ? '[]' : text.endsWith(']') ? text : `${text}]`;
  return (JSON.parse(whole) as unknown[]).map((element) => ['', JSON.stringify(element)] as const);
}

/** What the client has read when the stream broke off behind `first` and `rest` was said by another; undefined: it could not be resumed. */
export function resumed(
  id: DialectId,
  framing: Framing,
  first: string,
  rest: readonly StreamEvent[],
): { readonly text: string; readonly said: string } | undefined {
  const heard = overhear(dialects[id], plainRequest(id));
  for (const [name, data] of eventsIn(framing, first)) heard.event(name, data);
  let text = first;
  const encoding = encodingFor(id, 'b');
  const encoder = primedEncoder(dialects[id], encoding, framing, heard, (piece) => (text += piece));
  if (encoder === undefined) return undefined;
  expect(text).toBe(first);
  const said = heard.said.text;
  const follow = spliced(heard.said, checkGrammarBehind(heard.said, encoder), encoding.losses);
  for (const event of rest) follow(event);
  return { text, said };
}

/** The events behind a first part keep the grammar of all of them. */
function checkGrammarBehind(
  said: Parameters<typeof spliced>[0],
  emit: (event: StreamEvent) => void,
): (event: StreamEvent) => void {
  const check = checkGrammar(() => {});
  if (said.start !== undefined) check(said.start);
  said.parts.forEach((part, block) => {
    const content =
      part.type === 'text' ? part.text : part.type === 'reasoning' ? part.sections.join('') : '';
    const skeleton =
      part.type === 'text'
        ? ({ type: 'text', text: '' } as const)
        : part.type === 'reasoning'
          ? { ...part, sections: part.sections.length === 0 ? part.sections : [] }
          : part;
    check({ type: 'open', block, choice: 0, part: skeleton });
    if (content !== '' && part.type === 'text') check({ type: 'delta', block, text: content });
    if (part.type === 'reasoning')
      part.sections.forEach((text, at) => {
        if (at > 0) check({ type: 'section', block });
        if (text !== '') check({ type: 'delta', block, text });
      });
    check({ type: 'close', block, part });
  });
  if (said.open !== undefined) {
    const block = said.parts.length;
    check({ type: 'open', block, choice: 0, part: { type: 'text', text: '' } });
    if (said.open.text !== '') check({ type: 'delta', block, text: said.open.text });
  }
  return (event) => {
    check(event);
    emit(event);
  };
}

/** The answer that a complete stream says; its events keep the grammar. */
export function answerOf(id: DialectId, framing: Framing, text: string): ChatResponse {
  const answers: ChatResponse[] = [];
  const fold = createFold(id, (answer) => {
    if ('code' in answer) throw new Error(answer.message);
    answers.push(answer);
  });
  const decoder = dialects[id].codec.decodeStream(checkGrammar(fold));
  for (const [name, data] of eventsIn(framing, text)) decoder.event(name, data);
  decoder.end();
  const [answer] = answers;
  if (answer === undefined || answers.length > 1) throw new Error(`There are ${answers.length} answers.`);
  return answer;
}

/** All text of an answer. */
export function textOfAnswer(response: ChatResponse): string {
  return response.choices
    .flatMap(({ parts }) => parts.map((part) => (part.type === 'text' ? part.text : '')))
    .join('');
}

/** Members of events of all four formats, as far as they are looked at. */
interface Wire {
  readonly id?: string;
  readonly responseId?: string;
  readonly type?: string;
  readonly index?: number;
  readonly sequence_number?: number;
  readonly output_index?: number;
  readonly content_index?: number;
  readonly item_id?: string;
  readonly item?: { readonly id: string };
  readonly delta?: unknown;
  readonly text?: string;
  readonly response?: { readonly id: string; readonly output: unknown };
  readonly choices?: readonly {
    readonly delta: { readonly role?: string };
    readonly finish_reason?: string;
  }[];
}

/** The wire is as a strict reader of the format wants it behind `first`: numbers go on without gaps, one id, nothing begun or ended twice. */
export function expectSoundWire(id: DialectId, framing: Framing, text: string, first: string): void {
  const events = eventsIn(framing, text).filter(([, data]) => data !== '[DONE]');
  const wires: readonly Wire[] = events.map(([, data]) => JSON.parse(data));
  const sent = eventsIn(framing, first).length;
  if (id === 'openai-responses') soundResponses(wires, sent);
  else if (id === 'anthropic-messages') soundMessages(wires);
  else {
    const ids = new Set(wires.map((wire) => wire[id === 'gemini' ? 'responseId' : 'id']));
    expect([...ids]).toHaveLength(1);
  }
  if (id !== 'openai-chat') return;
  const choices = wires.flatMap((wire, at) => (wire.choices ?? []).map((choice) => ({ ...choice, at })));
  const isBegun = choices.some(({ at }) => at < sent);
  const roles = choices.filter(({ delta, at }) => at >= sent && delta.role !== undefined);
  expect(roles).toHaveLength(isBegun ? 0 : 1);
  expect(choices.filter(({ finish_reason }) => finish_reason)).toHaveLength(1);
  expect(text.match(/\[DONE\]/g)).toHaveLength(1);
}

function soundResponses(wires: readonly Wire[], sent: number): void {
  const last = wires[sent - 1]?.sequence_number ?? sent - 1;
  const follow = wires.slice(sent).filter(({ type }) => type !== 'keepalive');
  expect(follow.map((wire) => wire.sequence_number)).toEqual(follow.map((_, at) => last + 1 + at));
  const ids = new Set(wires.flatMap(({ response }) => (response === undefined ? [] : [response.id])));
  expect(ids.size).toBe(1);
  const of = (type: string) => wires.filter((wire) => wire.type === type);
  const added = of('response.output_item.added').map(({ output_index, item }) => [output_index, item?.id]);
  const done = of('response.output_item.done').map(({ output_index, item }) => [output_index, item?.id]);
  expect(done).toEqual(added);
  expect(added.map(([index]) => index)).toEqual(added.map((_, at) => at));
  expect(new Set(added.map(([, itemId]) => itemId)).size).toBe(added.length);
  const parts = (type: string) => of(type).map(({ item_id, content_index }) => [item_id, content_index]);
  expect(parts('response.content_part.done')).toEqual(parts('response.content_part.added'));
  for (const { type, item_id, content_index, text } of wires.slice(sent)) {
    if (type !== 'response.output_text.done') continue;
    const deltas = of('response.output_text.delta').filter(
      (wire) => wire.item_id === item_id && wire.content_index === content_index,
    );
    expect(deltas.map(({ delta }) => delta).join('')).toBe(text);
  }
  const items = of('response.output_item.done').map(({ item }) => item);
  expect(JSON.stringify(wires.at(-1)?.response?.output)).toBe(JSON.stringify(items));
}

function soundMessages(wires: readonly Wire[]): void {
  const of = (type: string) => wires.filter((wire) => wire.type === type);
  const begun = of('content_block_start').map(({ index }) => index);
  expect(begun).toEqual(begun.map((_, at) => at));
  expect(of('content_block_stop').map(({ index }) => index)).toEqual(begun);
  let open: number | undefined;
  for (const { type, index } of wires) {
    if (type === 'content_block_start') open = index;
    if (type === 'content_block_delta') expect(index).toBe(open);
    if (type === 'content_block_stop') open = undefined;
  }
  for (const type of ['message_start', 'message_delta', 'message_stop']) expect(of(type)).toHaveLength(1);
}
