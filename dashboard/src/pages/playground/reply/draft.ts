// An answer that is being put together out of events.

import type { JsonObject } from '../wire/json.ts';
import type { BlockKind, Reply, ReplyBlock, ReplyFailure, ReplyUsage } from './reply.ts';

/** What else is known of a block. */
export interface BlockFacts {
  readonly name?: string | undefined;
  readonly id?: string | undefined;
}

/** Facts of the whole answer; what is undefined leaves as it is what was known. */
export interface ReplyFacts {
  readonly model?: string | undefined;
  readonly stop?: string | undefined;
  readonly usage?: ReplyUsage | undefined;
  readonly failure?: ReplyFailure | undefined;
}

/** The answer so far. */
export interface Draft {
  /** Text at the end of a block, which begins with it where it is new. */
  append(key: string, kind: BlockKind, text: string, facts?: BlockFacts): void;
  /** Text at the end of the last block where that is of this kind, else a new one. */
  grow(kind: BlockKind, text: string): void;
  /** The block as a whole, in place of what it was. */
  put(key: string, kind: BlockKind, text: string, facts?: BlockFacts): void;
  /** A key that no block has. */
  fresh(): string;
  note(facts: ReplyFacts): void;
  /** One more answer that is not shown, by its number. */
  other(index: number): void;
  /** Adds to what was told of tokens, which may come in parts; answers all of it. */
  told(usage: JsonObject | undefined): JsonObject;
  /** The model has said something: text, reasoning, a call. */
  hasOutput(): boolean;
  isEmpty(): boolean;
  reply(): Reply;
}

/** Begins an answer. */
export function beginDraft(): Draft {
  const blocks = new Map<string, ReplyBlock>();
  const others = new Set<number>();
  let facts: ReplyFacts = {};
  let usage: JsonObject = {};
  let last: ReplyBlock | undefined;
  let hasOutput = false;

  function keep(key: string, kind: BlockKind, text: string, { name, id }: BlockFacts): void {
    last = {
      key,
      kind,
      text,
      ...(name === undefined ? {} : { name }),
      ...(id === undefined ? {} : { id }),
    };
    blocks.set(key, last);
    if (text !== '' || kind === 'tool') hasOutput = true;
  }

  function append(key: string, kind: BlockKind, text: string, more: BlockFacts = {}): void {
    const known = blocks.get(key);
    // The first chunk of many servers has an empty text; what it begins with comes later.
    if (known === undefined && text === '' && kind !== 'tool') return;
    keep(key, known?.kind ?? kind, (known?.text ?? '') + text, {
      name: more.name ?? known?.name,
      id: more.id ?? known?.id,
    });
  }

  const fresh = (): string => `piece ${blocks.size}`;

  return {
    append,
    grow: (kind, text) => append(last?.kind === kind ? last.key : fresh(), kind, text),
    put: (key, kind, text, more = {}) => keep(key, kind, text, more),
    fresh,
    note: (more) => {
      facts = {
        model: more.model ?? facts.model,
        stop: more.stop ?? facts.stop,
        usage: more.usage ?? facts.usage,
        failure: more.failure ?? facts.failure,
      };
    },
    other: (index) => void others.add(index),
    told: (more) => {
      usage = { ...usage, ...more };
      return usage;
    },
    hasOutput: () => hasOutput,
    isEmpty: () => blocks.size === 0,
    reply: () => replyOf([...blocks.values()], facts, others.size),
  };
}

function replyOf(blocks: readonly ReplyBlock[], facts: ReplyFacts, others: number): Reply {
  const { model, stop, usage, failure } = facts;
  return {
    // A block that was begun and stayed empty says nothing; a call without arguments does.
    blocks: blocks.filter(({ kind, text }) => text !== '' || kind === 'tool'),
    others,
    ...(model === undefined ? {} : { model }),
    ...(stop === undefined ? {} : { stop }),
    ...(usage === undefined ? {} : { usage }),
    ...(failure === undefined ? {} : { failure }),
  };
}
