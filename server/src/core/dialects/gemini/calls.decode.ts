// The calls of one candidate: each is a block of its own, and its arguments are told when all of them are there.

import type { Part } from '../../model/content.ts';
import { isObject, type JsonObject, textOf } from '../../model/json.ts';
import type { OpaqueToken } from '../../model/token.ts';
import type { AnswerScope } from './answer-scope.ts';
import { madeCallId } from './call-ids.ts';
import { createPartialArguments, type PartialArguments } from './partial-arguments.ts';

/** The call whose arguments are still coming. */
interface Call {
  readonly block: number;
  readonly id: string;
  readonly name: string;
  readonly args: PartialArguments;
  token: OpaqueToken | undefined;
}

/** The calls of one candidate. */
export interface Calls {
  /** A functionCall, or the next piece of one. */
  read(wire: JsonObject, token: OpaqueToken | undefined): void;
  close(): void;
  readonly count: number;
}

/** Nothing has been called yet. `beforeOpen`: what else is open must close. */
export function createCalls(scope: AnswerScope, choice: number, beforeOpen: () => void): Calls {
  const { emit, nextBlock, seed } = scope;
  let call: Call | undefined;
  let count = 0;

  const close = () => {
    if (call === undefined) return;
    const { block, id, name, args, token } = call;
    call = undefined;
    const text = args.text();
    emit({ type: 'delta', block, text });
    const part: Part = { type: 'tool-call', id, kind: 'function', name, arguments: text };
    emit({ type: 'close', block, part: token === undefined ? part : { ...part, token } });
  };

  const opened = (name: string, given: string | undefined, token: OpaqueToken | undefined): Call => {
    const id = given ?? madeCallId(`${seed}:${choice}.${count}:${name}`);
    count++;
    const block = nextBlock();
    emit({
      type: 'open',
      block,
      choice,
      part: { type: 'tool-call', id, kind: 'function', name, arguments: '' },
    });
    return { block, id, name, args: createPartialArguments(), token };
  };

  return {
    close,
    get count() {
      return count;
    },
    read({ name: given, id, args, partialArgs, willContinue }, token) {
      const name = textOf(given);
      if (name !== undefined) {
        beforeOpen();
        close();
        call = opened(name, textOf(id), token);
      }
      if (call === undefined) return;
      if (token !== undefined) call.token = token;
      if (isObject(args)) call.args.addWhole(args);
      call.args.add(partialArgs);
      if (willContinue !== true) close();
    },
  };
}
