// About how many tokens an answer is, where its upstream has not told: answers that broke off or were left, and servers that
// never tell. While a stream goes by next to nothing is done; what is needed is read when somebody asks.

import type { Framing } from '../../core/dialects/dialect.ts';
import { readElements } from '../../core/json/array-blocks.ts';
import { textTokens } from '../../core/model/estimate.ts';
import { parseJson } from '../../core/model/json.ts';
import { readEvents } from '../../core/sse/parse.ts';

/** So much of the beginning of a stream is kept and read in full; of the rest only its size is known. */
const KEPT_BYTES = 16 * 1024;
const LINE_FEED = 0x0a;

/** What was found in the events that carry text. */
interface Sample {
  tokens: number;
  /** Bytes of the text itself, as it stands in JSON. */
  textBytes: number;
  /** Bytes around the text, and the lines of these events: events of one stream have nearly the same frame. */
  frameBytes: number;
  lines: number;
}

/** Measures one stream whose bytes go to the client as they are. */
export class OutputMeasure {
  readonly #framing: Framing;
  readonly #kept: Buffer[] = [];
  /** What was found in the first `#readBlocks` of them: each is read once, however often somebody asks. */
  readonly #sample: Sample = { tokens: 0, textBytes: 0, frameBytes: 0, lines: 0 };
  #readBlocks = 0;
  #keptBytes = 0;
  #restBytes = 0;
  #restLines = 0;

  constructor(framing: Framing) {
    this.#framing = framing;
  }

  /** Complete events, in order. */
  add(block: Buffer): void {
    if (this.#keptBytes < KEPT_BYTES) {
      this.#kept.push(block);
      this.#keptBytes += block.length;
      return;
    }
    this.#restBytes += block.length;
    this.#restLines += linesIn(block);
  }

  /** Tokens of output so far, about. */
  tokens(): number {
    for (const block of this.#kept.slice(this.#readBlocks)) this.#read(block, this.#sample);
    this.#readBlocks = this.#kept.length;
    const { tokens, textBytes, frameBytes, lines } = this.#sample;
    if (this.#restBytes === 0 || lines === 0) return Math.ceil(tokens);
    const text = Math.max(0, this.#restBytes - this.#restLines * (frameBytes / lines));
    return Math.ceil(tokens + text * (tokens / textBytes));
  }

  #read(block: Buffer, sample: Sample): void {
    const take = (data: string, start: number, end: number): void => {
      const texts = spoken(parseJson(data));
      if (texts.length === 0) return;
      let textBytes = 0;
      for (const text of texts) {
        textBytes += Buffer.byteLength(JSON.stringify(text)) - 2;
        sample.tokens += textTokens(text);
      }
      sample.textBytes += textBytes;
      sample.frameBytes += Math.max(0, end - start - textBytes);
      sample.lines += Math.max(1, linesIn(block.subarray(start, end)));
    };
    if (this.#framing === 'sse') {
      readEvents(block, ({ data }, start, end) => take(data, start, end));
    } else {
      readElements(block, take);
    }
  }
}

/** Tokens in the body of a whole answer, about. */
export function tokensInAnswer(body: Buffer): number {
  let tokens = 0;
  for (const text of spoken(parseJson(body.toString('utf8')))) tokens += textTokens(text);
  return Math.ceil(tokens);
}

function linesIn(block: Buffer): number {
  let lines = 0;
  for (let at = block.indexOf(LINE_FEED); at !== -1; at = block.indexOf(LINE_FEED, at + 1)) lines += 1;
  return lines;
}

/** Members that hold what a model has said, in any of the formats. */
const WORDS = new Set([
  'content',
  'text',
  'thinking',
  'reasoning_content',
  'reasoning',
  'refusal',
  'partial_json',
  'arguments',
]);
/** Members that hold what it has said as JSON. */
const VALUES = new Set(['args', 'input']);
/** Members that repeat it, or are not its words. */
const SILENT = new Set(['usage', 'logprobs', 'annotations', 'reasoning_details', 'error', 'metadata']);
/** Whole answers are not nested deeper where the model speaks. */
const MOST_LEVELS = 12;

/** The texts of an answer or of one event of it. */
function spoken(value: unknown): string[] {
  const texts: string[] = [];
  if (isRecord(value) && typeof value['type'] === 'string' && value['type'].startsWith('response.')) {
    // Responses says everything twice in a stream: piece by piece, and whole at the end.
    const { type, delta } = value;
    if (type.endsWith('.delta') && !type.endsWith('audio.delta') && typeof delta === 'string' && delta !== '')
      texts.push(delta);
    return texts;
  }
  gather(value, texts, MOST_LEVELS);
  return texts;
}

function gather(value: unknown, texts: string[], levels: number): void {
  if (levels === 0 || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) gather(item, texts, levels - 1);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    if (SILENT.has(name) || (name === 'reasoning' && 'reasoning_content' in value)) continue;
    if (typeof member === 'string') {
      if (WORDS.has(name) && member !== '') texts.push(member);
    } else if (VALUES.has(name) && typeof member === 'object' && member !== null) {
      if (Object.keys(member).length > 0) texts.push(JSON.stringify(member));
    } else gather(member, texts, levels - 1);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
