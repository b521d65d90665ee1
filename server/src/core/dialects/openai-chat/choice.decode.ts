// Reads one choice of an answer, delta by delta, into blocks that never interleave. A complete message is read as one
// large delta, so that both ways of answering come to the same.

import type { Citation, Part, ReasoningPart, TokenLogprob } from '../../model/content.ts';
import type { Emit } from '../../model/event.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../model/json.ts';
import type { Stop, StopReason } from '../../model/response.ts';
import type { OpaqueToken } from '../../model/token.ts';
import { sourceOfUrl } from '../kit/data-url.ts';
import { readAnnotation } from './annotations.ts';
import { createAudioReader } from './audio.ts';
import { createCallReader } from './calls.decode.ts';
import { thinkingText } from './content.decode.ts';
import { thoughtToken } from './google-extra.ts';
import { readLogprobs } from './logprobs.ts';
import { type Detail, readDetail, reasoningPart } from './reasoning-details.ts';

/** The reader of one choice. */
export interface ChoiceReader {
  /** A delta, or a whole message; `logprobs` as it stands beside it. */
  delta(delta: JsonObject, logprobs: unknown): void;
  /** Closes what is open and says why the choice ended; only the first time counts (G10). */
  stop(word: string): void;
  hasStopped(): boolean;
}

/** What the reader of the answer lends. */
export interface ChoiceSetting {
  readonly choice: number;
  readonly emit: Emit;
  nextBlock(): number;
  seed(): string;
}

/** An open block of text, reasoning or refusal. */
interface Open {
  readonly kind: 'text' | 'reasoning' | 'refusal';
  readonly block: number;
  /** Text of the choice that stands before it. */
  readonly offset: number;
  text: string;
  logprobs: TokenLogprob[] | undefined;
  citations: Citation[] | undefined;
  token: OpaqueToken | undefined;
  form: ReasoningPart['form'];
  key: string | undefined;
  itemId: string | undefined;
}

/** A reader for one choice. */
export function createChoiceReader({ choice, emit, nextBlock, seed }: ChoiceSetting): ChoiceReader {
  let open: Open | undefined;
  let textLength = 0;
  let hasStopped = false;
  let hasRefused = false;
  let pendingToken: OpaqueToken | undefined;
  let pendingLogprobs: TokenLogprob[] | undefined;
  const pendingAnnotations: unknown[] = [];
  /** What came in the middle of a call waits for its end. */
  const held: (() => void)[] = [];
  const audio = createAudioReader();
  const calls = createCallReader({ choice, emit, nextBlock, beforeOpen: closeOpen, seed });

  function closeOpen(): void {
    if (open === undefined) return;
    const closing = open;
    open = undefined;
    emit({ type: 'close', block: closing.block, part: partOf(closing) });
  }

  function ensure(kind: Open['kind'], form: ReasoningPart['form'], itemId: string | undefined): Open {
    if (open?.kind === kind) return open;
    closeOpen();
    if (calls.count() > 0) calls.flush();
    open = {
      kind,
      block: nextBlock(),
      offset: textLength,
      text: '',
      logprobs: undefined,
      citations: undefined,
      token: kind === 'text' ? pendingToken : undefined,
      form,
      key: undefined,
      itemId,
    };
    if (kind === 'text') pendingToken = undefined;
    emit({ type: 'open', block: open.block, choice, part: skeleton(kind, form, itemId) });
    return open;
  }

  function write(kind: Open['kind'], text: string): void {
    if (calls.count() > 0 && calls.isBusy()) {
      held.push(() => write(kind, text));
      return;
    }
    const block = ensure(kind, 'text', undefined);
    append(block, text);
  }

  function append(block: Open, text: string): void {
    block.text += text;
    if (block.kind === 'text') textLength += text.length;
    // The model keeps them for text only.
    const logprobs = block.kind === 'text' ? pendingLogprobs : undefined;
    if (logprobs === undefined) {
      emit({ type: 'delta', block: block.block, text });
      return;
    }
    pendingLogprobs = undefined;
    if (block.logprobs === undefined) block.logprobs = logprobs.slice();
    else block.logprobs.push(...logprobs);
    emit({ type: 'delta', block: block.block, text, logprobs });
  }

  /** Plain reasoning; what comes after a token is a new thought. */
  function reason(text: string): void {
    if (open?.kind === 'reasoning' && open.token !== undefined) closeOpen();
    write('reasoning', text);
  }

  /** Items that stand for shown reasoning bring its text in pieces, or once more as a whole with their token. */
  function detail(item: Detail): void {
    if (calls.count() > 0 && calls.isBusy()) {
      held.push(() => detail(item));
      return;
    }
    const { key, form, text, token, itemId } = item;
    const isOther = key !== undefined && open?.key !== undefined && open.key !== key;
    if (open?.kind === 'reasoning' && (isOther || open.token !== undefined)) closeOpen();
    const block = ensure('reasoning', form, itemId);
    block.key ??= key;
    block.itemId ??= itemId;
    if (text !== '' && text !== block.text) append(block, text);
    if (token !== undefined) block.token = token;
  }

  function readReasoning(delta: JsonObject): void {
    const plain = textOf(delta['reasoning_content']) ?? textOf(delta['reasoning']);
    const details = delta['reasoning_details'];
    if (!Array.isArray(details) || details.length === 0) {
      if (plain !== undefined) reason(plain);
      return;
    }
    const read = details.map(readDetail).filter((item) => item !== undefined);
    const isTold = read.some(({ text }) => text !== '');
    if (plain !== undefined && !isTold) reason(plain);
    for (const item of read) detail(item);
  }

  /** Mistral writes content as a list of chunks while it thinks (G24). */
  function readChunk(wire: unknown): void {
    if (typeof wire === 'string' && wire !== '') write('text', wire);
    if (!isObject(wire)) return;
    const text = wire['type'] === 'thinking' ? thinkingText(wire['thinking']) : wire['text'];
    if (typeof text === 'string') {
      if (text !== '') write(wire['type'] === 'thinking' ? 'reasoning' : 'text', text);
    } else if (wire['type'] === 'image_url') image(wire);
    else whole({ type: 'vendor', dialect: 'openai-chat', kind: textOf(wire['type']) ?? '', raw: wire });
  }

  function image(wire: unknown): void {
    const member = objectOf(wire)?.['image_url'];
    const url = textOf(member) ?? textOf(objectOf(member)?.['url']);
    if (url !== undefined) whole({ type: 'media', kind: 'image', ...sourceOfUrl(url) });
  }

  /** A block that comes at once. */
  function whole(part: Part): void {
    if (calls.count() > 0 && calls.isBusy()) {
      held.push(() => whole(part));
      return;
    }
    closeOpen();
    calls.flush();
    const block = nextBlock();
    emit({ type: 'open', block, choice, part });
    emit({ type: 'close', block, part });
  }

  function annotate(wire: unknown): void {
    if (open?.kind !== 'text') {
      pendingAnnotations.push(wire);
      return;
    }
    const citation = readAnnotation(wire, open.offset);
    if (citation === undefined) return;
    open.citations ??= [];
    open.citations.push(citation);
    emit({ type: 'citation', block: open.block, citation });
  }

  /** The signature of a message: of its text, or of the calls that come with it. */
  function readToken(delta: JsonObject): OpaqueToken | undefined {
    const token = thoughtToken(delta);
    if (token === undefined) return undefined;
    if (open?.kind === 'text') open.token = token;
    else if (listOf(delta['tool_calls']).length > 0) return token;
    else pendingToken = token;
    return undefined;
  }

  function readExtras(delta: JsonObject): void {
    if (delta['images'] !== undefined) for (const item of listOf(delta['images'])) image(item);
    if (isObject(delta['audio'])) audio.piece(delta['audio']);
    if (listOf(delta['executed_tools']).length > 0) {
      const raw = { executed_tools: delta['executed_tools'] };
      whole({ type: 'vendor', dialect: 'openai-chat', kind: 'executed_tools', raw });
    }
  }

  /** They may come with a delta that has no text. */
  function noteLogprobs(logprobs: JsonObject): void {
    const read = readLogprobs(logprobs['content']);
    if (read !== undefined)
      pendingLogprobs = pendingLogprobs === undefined ? read : [...pendingLogprobs, ...read];
  }

  function finish(): void {
    closeOpen();
    calls.flush();
    for (const resume of held) resume();
    held.length = 0;
    if (pendingToken !== undefined || pendingAnnotations.length > 0) {
      if (open === undefined) ensure('text', 'text', undefined);
      for (const annotation of pendingAnnotations) annotate(annotation);
    }
    closeOpen();
    const sound = audio.whole();
    if (sound !== undefined)
      whole({ type: 'vendor', dialect: 'openai-chat', kind: 'audio', raw: { audio: sound } });
  }

  return {
    delta(delta, logprobs) {
      if (hasStopped) return;
      if (isObject(logprobs)) noteLogprobs(logprobs);
      readReasoning(delta);
      const { content, refusal, tool_calls: fragments } = delta;
      if (typeof content === 'string') {
        if (content !== '') write('text', content);
      } else if (Array.isArray(content)) content.forEach(readChunk);
      // Before whatever else stands in a complete message closes the text that they are about.
      if (delta['annotations'] !== undefined) for (const item of listOf(delta['annotations'])) annotate(item);
      if (typeof refusal === 'string' && refusal !== '') {
        hasRefused = true;
        write('refusal', refusal);
      }
      const token = delta['extra_content'] === undefined ? undefined : readToken(delta);
      if (Array.isArray(fragments))
        for (let at = 0; at < fragments.length; at++)
          calls.fragment(fragments[at], at === 0 ? token : undefined);
      const legacy = delta['function_call'];
      if (isObject(legacy)) calls.fragment({ index: -1, function: legacy }, undefined);
      readExtras(delta);
    },
    stop(word) {
      if (hasStopped) return;
      finish();
      hasStopped = true;
      emit({ type: 'stop', choice, stop: stopOf(word, calls.count() > 0, hasRefused) });
    },
    hasStopped: () => hasStopped,
  };
}

function skeleton(kind: Open['kind'], form: ReasoningPart['form'], itemId: string | undefined): Part {
  return kind === 'reasoning' ? reasoningPart(form, '', undefined, itemId) : { type: kind, text: '' };
}

function partOf({ kind, form, text, token, itemId, logprobs, citations }: Open): Part {
  if (kind === 'reasoning') return reasoningPart(form, text, token, itemId);
  if (kind === 'refusal') return { type: 'refusal', text };
  return {
    type: 'text',
    text,
    ...(token === undefined ? {} : { token }),
    ...(citations === undefined ? {} : { citations }),
    ...(logprobs === undefined ? {} : { logprobs }),
  };
}

/** OpenAI's words, and those that vendors put in their place. */
const REASONS: Readonly<Record<string, StopReason>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  '': 'stop',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  tool_use: 'tool-calls',
  length: 'length',
  max_tokens: 'length',
  model_length: 'context-full',
  content_filter: 'filtered',
  refusal: 'refusal',
};

/** Whether tools are called is told by the calls, not by the word: some upstreams say "stop", "eos" or nothing. */
function stopOf(word: string, hasCalls: boolean, hasRefused: boolean): Stop {
  const told = Object.hasOwn(REASONS, word) ? (REASONS[word] ?? 'other') : 'other';
  const reason =
    hasCalls && (told === 'stop' || told === 'other')
      ? 'tool-calls'
      : !hasCalls && told === 'tool-calls'
        ? 'stop'
        : told === 'stop' && hasRefused
          ? 'refusal'
          : told;
  return word === '' ? { reason } : { reason, native: word };
}
