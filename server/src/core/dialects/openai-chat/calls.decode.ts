// Puts the fragments of tool calls together, whatever the upstream leaves out (G18 to G22): index, id, repeated names. One
// call at a time is open; a second one waits until the first is complete, because blocks of a choice never interleave.

import type { ToolCallPart } from '../../model/content.ts';
import { digest } from '../../model/digest.ts';
import type { Emit } from '../../model/event.ts';
import { isObject, objectOf, parseJson, textOf } from '../../model/json.ts';
import type { OpaqueToken } from '../../model/token.ts';
import { thoughtToken } from './google-extra.ts';

/** One call on its way. */
interface Call {
  /** As the upstream numbers it; undefined where it does not. */
  readonly index: number | undefined;
  readonly isCustom: boolean;
  id: string;
  name: string;
  text: string;
  token: OpaqueToken | undefined;
  /** -1: not open yet. */
  block: number;
  isClosed: boolean;
  /** Length of the arguments when they were last found incomplete. */
  incompleteAt: number;
}

/** The calls of one choice. */
export interface CallReader {
  /** One element of `tool_calls`. `token`: the message's own, for a call that has none. */
  fragment(wire: unknown, token: OpaqueToken | undefined): void;
  /** True while a call is open whose arguments are not complete. */
  isBusy(): boolean;
  /** Closes every call. */
  flush(): void;
  count(): number;
}

/** What the reader of the choice lends. */
export interface CallSetting {
  readonly choice: number;
  readonly emit: Emit;
  /** The next block number. */
  nextBlock(): number;
  /** Called before a call opens: whatever else is open must close. */
  beforeOpen(): void;
  /** What ids are made from, where the upstream gives none (Google's OpenAI layer). */
  seed(): string;
}

/** A reader for one choice. */
export function createCallReader({ choice, emit, nextBlock, beforeOpen, seed }: CallSetting): CallReader {
  const calls: Call[] = [];
  const waiting: Call[] = [];
  let open: Call | undefined;

  function begin(index: number | undefined, id: string, isCustom: boolean): Call {
    // Ids pair results with calls, so that none may stand for two.
    const isTaken = id !== '' && calls.some((call) => call.id === id);
    const call: Call = {
      index,
      isCustom,
      id: isTaken ? '' : id,
      name: '',
      text: '',
      token: undefined,
      block: -1,
      isClosed: false,
      incompleteAt: -1,
    };
    calls.push(call);
    waiting.push(call);
    return call;
  }

  function find(index: number | undefined, id: string, name: string, text: string): Call | undefined {
    if (index === undefined) {
      if (id !== '') return calls.findLast((call) => call.id === id);
      return name === '' ? calls.at(-1) : undefined;
    }
    const call = calls.findLast((one) => one.index === index);
    if (call === undefined)
      return id !== '' && name === '' ? calls.findLast((one) => one.id === id) : undefined;
    if (name === '') return call;
    if (id !== '' && call.id !== '') return id === call.id ? call : undefined;
    // Without ids only complete arguments before further ones tell that another call has begun.
    return text !== '' && isComplete(call) ? undefined : call;
  }

  function openNext(call: Call): void {
    beforeOpen();
    waiting.shift();
    if (call.id === '') call.id = `call_${digest(`${seed()}/${choice}/${calls.indexOf(call)}`)}`;
    call.block = nextBlock();
    open = call;
    emit({ type: 'open', block: call.block, choice, part: partOf(call, '') });
    if (call.text !== '') emit({ type: 'delta', block: call.block, text: call.text });
  }

  function close(call: Call): void {
    // A tool without arguments is called with an empty object (G45).
    if (call.text === '' && !call.isCustom) {
      call.text = '{}';
      emit({ type: 'delta', block: call.block, text: call.text });
    }
    call.isClosed = true;
    open = undefined;
    emit({ type: 'close', block: call.block, part: partOf(call, call.text) });
  }

  function advance(): void {
    let next = waiting[0];
    while (next !== undefined && next.name !== '') {
      if (open !== undefined) {
        const isReplaced = next.index !== undefined && next.index === open.index;
        if (!isReplaced && !isComplete(open)) return;
        close(open);
      }
      openNext(next);
      next = waiting[0];
    }
  }

  return {
    fragment(wire, messageToken) {
      if (!isObject(wire)) return;
      const custom = objectOf(wire['custom']);
      const isCustom = custom !== undefined || wire['type'] === 'custom';
      const inner = custom ?? objectOf(wire['function']) ?? {};
      const index = typeof wire['index'] === 'number' ? wire['index'] : undefined;
      const id = textOf(wire['id']) ?? '';
      const name = textOf(inner['name']) ?? '';
      const text = textArgument(inner[isCustom ? 'input' : 'arguments']);
      const call = find(index, id, name, text) ?? begin(index, id, isCustom);
      if (call.isClosed) return;
      if (call.id === '' && call.block === -1 && !calls.some((other) => other.id === id)) call.id = id;
      if (call.name === '') call.name = name;
      call.token ??= thoughtToken(wire) ?? messageToken;
      if (text !== '') {
        call.text += text;
        if (call === open) emit({ type: 'delta', block: call.block, text });
      }
      if (waiting.length > 0) advance();
    },
    isBusy: () => open !== undefined && !isComplete(open),
    flush() {
      if (open !== undefined) close(open);
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        openNext(next);
        close(next);
      }
    },
    count: () => calls.length,
  };
}

/** Arguments are text; Mistral's specification allows an object as well. */
function textArgument(value: unknown): string {
  if (typeof value === 'string') return value;
  return isObject(value) ? JSON.stringify(value) : '';
}

/** Whole JSON, or the input of a custom tool that is not to be looked into. Looks again only at what has grown. */
function isComplete(call: Call): boolean {
  if (call.isClosed) return true;
  if (call.isCustom) return call.text !== '';
  if (call.text.length === call.incompleteAt) return false;
  const last = call.text.trimEnd().at(-1);
  if (last === '}' && parseJson(call.text) !== undefined) return true;
  call.incompleteAt = call.text.length;
  return false;
}

function partOf(call: Call, text: string): ToolCallPart {
  const { id, isCustom, name, token } = call;
  return {
    type: 'tool-call',
    id,
    kind: isCustom ? 'custom' : 'function',
    name,
    arguments: text,
    ...(token === undefined ? {} : { token }),
  };
}
