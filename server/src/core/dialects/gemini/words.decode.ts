// The text and thoughts of one candidate: runs of the same kind become blocks, and a signature ends the block it came with.

import type { Part, TokenLogprob } from '../../model/content.ts';
import type { JsonObject } from '../../model/json.ts';
import type { OpaqueToken } from '../../model/token.ts';
import type { AnswerScope } from './answer-scope.ts';
import { citationsOf } from './grounding.ts';

/** The text or thought that is being said. */
interface Run {
  readonly type: 'text' | 'reasoning';
  readonly block: number;
  text: string;
  token: OpaqueToken | undefined;
  ext: JsonObject | undefined;
  logprobs: TokenLogprob[] | undefined;
}

/** The words of one candidate. */
export interface Words {
  /** More text or thought. `logprobs` belong to it. */
  say(type: Run['type'], text: string, logprobs: TokenLogprob[] | undefined): void;
  /** More of this kind would go on with the open run. */
  continues(type: Run['type']): boolean;
  /** What came with the last words. */
  mark(token: OpaqueToken | undefined, rest: JsonObject | undefined): void;
  /** Closes the open text with the citations that the facts of the candidate tell of it, if any. */
  cite(facts: JsonObject): void;
  close(): void;
}

/** Nothing has been said yet. */
export function createWords({ emit, nextBlock }: AnswerScope, choice: number): Words {
  let run: Run | undefined;
  /** The texts that are closed. */
  const texts: string[] = [];

  const close = () => {
    if (run === undefined) return;
    const closing = run;
    run = undefined;
    if (closing.type === 'text') texts.push(closing.text);
    emit({ type: 'close', block: closing.block, part: partOf(closing) });
  };

  const continues = (type: Run['type']) => run?.type === type && run.token === undefined;

  const opened = (type: Run['type']): Run => {
    const block = nextBlock();
    const part: Part = type === 'text' ? { type, text: '' } : { type, form: 'text', sections: [] };
    emit({ type: 'open', block, choice, part });
    return { type, block, text: '', token: undefined, ext: undefined, logprobs: undefined };
  };

  return {
    continues,
    close,
    say(type, text, logprobs) {
      if (!continues(type)) close();
      run ??= opened(type);
      if (text === '') return;
      run.text += text;
      if (logprobs === undefined) emit({ type: 'delta', block: run.block, text });
      else {
        run.logprobs = run.logprobs === undefined ? logprobs : [...run.logprobs, ...logprobs];
        emit({ type: 'delta', block: run.block, text, logprobs });
      }
    },
    mark(token, rest) {
      if (run === undefined) return;
      run.token = token;
      if (rest !== undefined) run.ext = { ...run.ext, ...rest };
    },
    cite(facts) {
      if (run?.type !== 'text' || run.text === '') return;
      const { block, text, token, ext, logprobs } = run;
      const citations = citationsOf(facts, text, texts);
      if (citations.length === 0) return;
      run = undefined;
      for (const citation of citations) emit({ type: 'citation', block, citation });
      const more = { ...(token && { token }), ...(ext && { ext }), ...(logprobs && { logprobs }) };
      emit({ type: 'close', block, part: { type: 'text', text, citations, ...more } });
    },
  };
}

function partOf({ type, text, token, ext, logprobs }: Run): Part {
  const more = { ...(token === undefined ? {} : { token }), ...(ext === undefined ? {} : { ext }) };
  if (type === 'text') return { type, text, ...(logprobs === undefined ? {} : { logprobs }), ...more };
  const item = token?.itemId === undefined ? {} : { itemId: token.itemId };
  return { type, form: 'text', sections: text === '' ? [] : [text], ...item, ...more };
}
