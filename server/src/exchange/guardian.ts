// Watches over the prompt caches of conversations: remembers the last request of each, and finds out what broke the cache
// when suddenly less is read from it. Requests are compared only then; until then one is as good as remembered.

import type { Dialect } from '../core/dialects/dialect.ts';
import { firstChange } from '../core/guardian/change.ts';
import { findingOf, findingText, isLoss, type Turn } from '../core/guardian/finding.ts';
import { type Prompt, pieceMark, readPrompt } from '../core/guardian/prompt.ts';
import type { Use } from '../core/model/dialect-id.ts';
import { digest } from '../core/model/digest.ts';
import type { Inbound } from './ports.ts';
import type { ExchangeRecord } from './record.ts';

/** What the guardian looks at of an exchange. */
export interface Guarded {
  readonly dialect: Dialect;
  readonly use: Use;
  readonly body: Buffer;
  readonly inbound: Inbound;
  readonly record: ExchangeRecord;
}

/** What a conversation was asked last, and how much of it the cache held. */
interface Remembered {
  turn: Turn;
  body: Buffer;
}

/** Bodies of one generation together: twice as much is kept at most, and the longest silent conversations go first. */
const GENERATION_BYTES: number = 32 * 1024 * 1024;
/** Larger ones are not worth the room of many others. */
const MOST_BODY_BYTES: number = GENERATION_BYTES / 4;
/** Smaller ones are cached by nobody. */
const LEAST_BODY_BYTES = 2_048;

/** The guardian of one gateway. */
export class Guardian {
  /** Two generations: nothing is ever taken out of a map, see docs/decisions/0004. */
  #young: Map<string, Remembered> = new Map();
  #old: Map<string, Remembered> = new Map();
  #youngBytes = 0;

  /** Takes note of an exchange that was answered. The answer: why its cache was lost, in the words of the ledger. */
  note(exchange: Guarded): string | undefined {
    const { record, body, use, dialect } = exchange;
    const { usage, upstreamId, keyId } = record;
    if (use !== 'generate' || usage === undefined || upstreamId === undefined || keyId === undefined)
      return undefined;
    if (body.length < LEAST_BODY_BYTES || body.length > MOST_BODY_BYTES) return undefined;
    const { cacheRead, cacheWrite5m, cacheWrite1h, cacheWriteOther } = usage.input;
    const caching = cacheRead + cacheWrite5m + cacheWrite1h + cacheWriteOther > 0;
    if (!caching && this.#young.size + this.#old.size === 0) return undefined;
    const prompt = readPrompt(body, dialect.promptMembers);
    const key = prompt === undefined ? undefined : conversationOf(exchange, prompt);
    if (prompt === undefined || key === undefined) return undefined;
    const before = this.#young.get(key) ?? this.#old.get(key);
    if (!caching && before === undefined) return undefined;
    const model = record.modelServed ?? '';
    const turn: Turn = { upstreamId, keyId, model, atMs: record.opening.receivedAtMs, usage };
    const finding = before === undefined ? undefined : this.#compare(before, turn, prompt, exchange);
    this.#remember(key, { turn, body });
    return finding;
  }

  #compare(before: Remembered, turn: Turn, prompt: Prompt, { dialect }: Guarded): string | undefined {
    if (!isLoss(before.turn, turn)) return undefined;
    const earlier = readPrompt(before.body, dialect.promptMembers);
    const change = () => (earlier === undefined ? undefined : firstChange(earlier, prompt));
    return findingText(findingOf(before.turn, turn, change));
  }

  #remember(key: string, { turn, body }: Remembered): void {
    const known = this.#young.get(key);
    this.#youngBytes += body.length - (known?.body.length ?? 0);
    if (known === undefined) {
      this.#young.set(key, { turn, body });
    } else {
      known.turn = turn;
      known.body = body;
    }
    if (this.#youngBytes <= GENERATION_BYTES) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
  }
}

/**
 * What the turns of a conversation share: the client's id for it and its first turn, because programs ask things on the
 * side under the same id. Without such an id also what stands before the turns.
 */
function conversationOf({ record, inbound, dialect }: Guarded, prompt: Prompt): string | undefined {
  const [first] = prompt.turns;
  if (first === undefined) return undefined;
  const { conversationId, agentId } = record.opening;
  const whose = [
    inbound.client?.id ?? '',
    dialect.id,
    record.modelAsked ?? '',
    conversationId ?? '',
    agentId ?? '',
  ];
  const marks = [first, ...(conversationId === undefined ? prompt.head : [])].map((piece) =>
    pieceMark(prompt, piece),
  );
  return digest([...whose, ...marks].join('\n'));
}
