// Reads an answer as its client got it, whole or broken off, into words that no format has of its own.

import type { Dialect } from '../../core/dialects/dialect.ts';
import { reportedError } from '../../core/dialects/kit/upstream-error.ts';
import { readElements } from '../../core/json/array-blocks.ts';
import { type Part, reasoningText } from '../../core/model/content.ts';
import type { Use } from '../../core/model/dialect-id.ts';
import type { StreamEvent } from '../../core/model/event.ts';
import { parseJson } from '../../core/model/json.ts';
import type { Usage } from '../../core/model/usage.ts';
import { readEvents } from '../../core/sse/parse.ts';
import type { ReplayToolCall } from './report.ts';

/** What an answer says. */
export interface AnswerContent {
  readonly model: string | undefined;
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ReplayToolCall[];
  readonly stop: string | undefined;
  readonly usage: Usage | undefined;
  readonly error: string | undefined;
  /** It was a whole answer, or a whole error. */
  readonly readable: boolean;
}

/** An answer on the client's side. */
export interface AnswerBody {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Buffer;
  /** Nothing is missing of the body. */
  readonly whole: boolean;
}

const NOTHING: AnswerContent = {
  model: undefined,
  text: '',
  reasoning: '',
  toolCalls: [],
  stop: undefined,
  usage: undefined,
  error: undefined,
  readable: false,
};

/** Reads an answer in the format of its client. Never throws. */
export function readAnswer(dialect: Dialect, use: Use, answer: AnswerBody): AnswerContent {
  const { status, body } = answer;
  if (status < 200 || status > 299) {
    const text = body.toString('utf8');
    const said = reportedError(parseJson(text))?.message ?? text.slice(0, 2_000);
    return { ...NOTHING, error: said === '' ? `status ${status}` : said, readable: answer.whole };
  }
  if (use === 'generate' && isStream(answer)) return readStream(dialect, answer);
  return readWhole(dialect, use, answer);
}

/** Events, or the array of pieces that Gemini sends where nobody asks for events. */
function isStream({ contentType = '', body }: AnswerBody): boolean {
  return /event-stream/i.test(contentType) || /^[\s\ufeff]*\[/.test(body.toString('utf8', 0, 64));
}

function readWhole(dialect: Dialect, use: Use, { body, whole }: AnswerBody): AnswerContent {
  const text = body.toString('utf8');
  const wire = parseJson(text);
  // Vectors, counts and the like have no words: they are compared as they are.
  if (use !== 'generate') return { ...NOTHING, text, readable: whole && wire !== undefined };
  const response = wire === undefined ? undefined : dialect.codec.decodeResponse(wire);
  if (response === undefined || 'code' in response) return { ...NOTHING, text };
  const parts = response.choices.flatMap((choice) => choice.parts);
  return {
    ...contentOf(parts),
    model: response.model === '' ? undefined : response.model,
    stop: stopsOf(response.choices.map(({ stop }) => stop.reason)),
    usage: response.usage,
    error: undefined,
    readable: whole,
  };
}

function readStream(dialect: Dialect, { body, whole }: AnswerBody): AnswerContent {
  const heard = new Heard();
  const decoder = dialect.codec.decodeStream((event) => heard.hear(event));
  // What is left of a stream that was cut off inside an event is no event.
  if (/^[\s\ufeff]*\[/.test(body.toString('utf8', 0, 64)))
    readElements(body, (text) => decoder.event('', text));
  else readEvents(body, ({ event, data }) => decoder.event(event, data));
  decoder.end();
  return heard.content(whole);
}

/** What was heard of a stream, also of one that breaks off. */
class Heard {
  #model: string | undefined;
  #usage: Usage | undefined;
  #error: string | undefined;
  #ended = false;
  readonly #stops: string[] = [];
  readonly #parts: Part[] = [];

  hear(event: StreamEvent): void {
    switch (event.type) {
      case 'start':
        this.#model = event.model === '' ? undefined : event.model;
        this.#usage = event.usage;
        break;
      case 'open':
      case 'close':
        this.#parts[event.block] = event.part;
        break;
      case 'delta': {
        const part = this.#parts[event.block];
        if (part !== undefined) this.#parts[event.block] = longer(part, event.text);
        break;
      }
      case 'usage':
        this.#usage = event.usage;
        break;
      case 'stop':
        this.#stops.push(event.stop.reason);
        break;
      case 'error':
        this.#error = event.error.message;
        break;
      case 'end':
        this.#ended = true;
        break;
      default:
        break;
    }
  }

  content(whole: boolean): AnswerContent {
    return {
      ...contentOf(this.#parts.filter((part) => part !== undefined)),
      model: this.#model,
      stop: stopsOf(this.#stops),
      usage: this.#usage,
      error: this.#error,
      readable: whole && this.#ended,
    };
  }
}

function longer(part: Part, text: string): Part {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return { ...part, text: part.text + text };
    case 'tool-call':
      return { ...part, arguments: part.arguments + text };
    case 'reasoning':
      return { ...part, sections: [...part.sections.slice(0, -1), (part.sections.at(-1) ?? '') + text] };
    default:
      return part;
  }
}

function stopsOf(reasons: readonly string[]): string | undefined {
  return reasons.length === 0 ? undefined : reasons.join(', ');
}

function contentOf(parts: readonly Part[]): Pick<AnswerContent, 'text' | 'reasoning' | 'toolCalls'> {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const toolCalls: ReplayToolCall[] = [];
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'refusal') texts.push(part.text);
    else if (part.type === 'reasoning') thoughts.push(reasoningText(part));
    else if (part.type === 'tool-call') toolCalls.push({ name: part.name, arguments: part.arguments });
  }
  return { text: texts.join(''), reasoning: thoughts.filter((text) => text !== '').join('\n\n'), toolCalls };
}
