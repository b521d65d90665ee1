// The text and thoughts of one candidate: runs of the same kind become blocks, and a signature ends the block it came with.

import type { Citation, Part, TokenLogprob } from '../../model/content.ts';
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
  /** Closes what is open. A text has the citations of its own words with it, as far as they are known. */
  close(): void;
  /** The same at the end of the answer: a text has the citations of which nobody knows to what words they belong, too. */
  end(): void;
}

/** Nothing has been said yet. `facts`: what is known of the candidate so far, which tells of citations. */
export function createWords({ emit, nextBlock }: AnswerScope, choice: number, facts: JsonObject): Words {
  let run: Run | undefined;
  /** The texts that are closed. */
  const texts: string[] = [];
  const told: Citation[] = [];

  const citationsFor = (text: string, isLast: boolean): readonly Citation[] =>
    citationsOf(facts, text, texts).filter(
      (citation) => (isLast || citation.end !== undefined) && !told.some((one) => isSame(one, citation)),
    );

  const finish = (isLast: boolean) => {
    if (run === undefined) return;
    const closing = run;
    run = undefined;
    const citations =
      closing.type === 'text' && closing.text !== '' ? citationsFor(closing.text, isLast) : [];
    if (closing.type === 'text') texts.push(closing.text);
    for (const citation of citations) emit({ type: 'citation', block: closing.block, citation });
    told.push(...citations);
    emit({ type: 'close', block: closing.block, part: partOf(closing, citations) });
  };

  const close = () => finish(false);

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
    end: () => finish(true),
  };
}

/** Each source of a support is a citation of its own, with the whole support behind it. */
function isSame(one: Citation, other: Citation): boolean {
  return one.raw === other.raw && one.url === other.url && one.title === other.title;
}

function partOf({ type, text, token, ext, logprobs }: Run, citations: readonly Citation[]): Part {
  const more = { ...(token === undefined ? {} : { token }), ...(ext === undefined ? {} : { ext }) };
  if (type === 'text') {
    const cited = citations.length === 0 ? {} : { citations };
    return { type, text, ...cited, ...(logprobs === undefined ? {} : { logprobs }), ...more };
  }
  const item = token?.itemId === undefined ? {} : { itemId: token.itemId };
  return { type, form: 'text', sections: text === '' ? [] : [text], ...item, ...more };
}
