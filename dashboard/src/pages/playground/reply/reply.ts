// An answer in no format's words, as far as it has come: what the page shows of it.

/** What a piece of an answer is. `other`: something that the playground shows as it stands. */
export type BlockKind = 'text' | 'reasoning' | 'tool' | 'refusal' | 'image' | 'other';

/** One piece, in the order of the answer. */
export interface ReplyBlock {
  /** Which piece of the answer it is, in the words of the format. */
  readonly key: string;
  readonly kind: BlockKind;
  /** Text; the arguments of a tool; the address of a picture. */
  readonly text: string;
  /** Of a tool, or of what else it is. */
  readonly name?: string;
  /** Of a tool's call. */
  readonly id?: string;
}

/** Tokens, in wholes that include their parts. */
export interface ReplyUsage {
  /** All that was sent. */
  readonly input: number;
  /** Of these, read from the provider's cache. */
  readonly cacheRead: number;
  /** All that was generated. */
  readonly output: number;
  /** Of these, reasoning. */
  readonly reasoning: number;
}

/** An error in the format's own words. */
export interface ReplyFailure {
  readonly message: string;
  readonly type?: string;
  readonly code?: string;
}

/** An answer. */
export interface Reply {
  readonly blocks: readonly ReplyBlock[];
  /** The model that says it has answered. */
  readonly model?: string;
  /** Why it stopped, in the format's own word. */
  readonly stop?: string;
  readonly usage?: ReplyUsage;
  readonly failure?: ReplyFailure;
  /** Further answers to the same question that are not shown. */
  readonly others: number;
}

/** An answer of which nothing has come. */
export const NO_REPLY: Reply = { blocks: [], others: 0 };

/** All text of one kind. */
export function textOfKind({ blocks }: Reply, kind: BlockKind): string {
  return blocks
    .filter((block) => block.kind === kind)
    .map(({ text }) => text)
    .join('');
}
