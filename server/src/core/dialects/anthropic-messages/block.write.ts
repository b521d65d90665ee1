// The content blocks of a streamed answer, one open at a time. A block begins on the wire with the first thing it says, so
// that there are no empty ones; a call waits for its second piece, because the token of a call that comes in one piece
// must stand before it.

import type { Citation, Part, ReasoningPart, ToolCallPart } from '../../model/content.ts';
import { objectOf } from '../../model/json.ts';
import { writeSlot } from '../../model/token.ts';
import type { AnswerEncoding, Write } from '../dialect.ts';
import {
  callId,
  carrierBlock,
  loseArguments,
  loseCitation,
  loseCutCall,
  loseMedium,
  loseTextToken,
  reasoningBlock,
  vendorBlockOf,
} from './blocks.encode.ts';
import { HOME } from './thinking.ts';
import { inputOf, lose } from './writing.ts';

/** One block on its way out. */
export interface WrittenBlock {
  delta(text: string): void;
  section(): void;
  citation(citation: Citation): void;
  close(part: Part): void;
}

/** The blocks of one answer. */
export interface WrittenBlocks {
  open(part: Part): WrittenBlock;
  /** Writes a call that was held back because its arguments are no object, or leaves it out: the answer ended within it. */
  settle(isCut: boolean): void;
  /** A tool was called. */
  called(): boolean;
}

/** Where blocks are written to. */
interface Output {
  readonly encoding: AnswerEncoding;
  /** Begins the next block and returns its index. */
  start(block: object): number;
  delta(index: number, delta: object): void;
  stop(index: number): void;
  /** One block, whole. */
  whole(block: object): void;
  /** The event of a block up to its text; `delta` is the delta up to there. */
  head(index: number, delta: string): string;
  /** Text of a known kind, without an object for it; `head` as above. */
  text(head: string, text: string): void;
  /** The index that the next block will have. */
  next(): number;
  /** Keeps a call until it is known whether it is all there; `write` writes it. */
  hold(name: string, write: () => void): void;
  settle(isCut: boolean): void;
}

/** Begins to write the blocks of one answer. */
export function beginWritten(write: Write, encoding: AnswerEncoding): WrittenBlocks {
  const output = createOutput(write, encoding);
  let hasCalled = false;
  return {
    open(part) {
      // What something follows is not cut.
      output.settle(false);
      switch (part.type) {
        case 'text':
        case 'refusal':
          return writeText(output);
        case 'reasoning':
          return writeReasoning(output);
        case 'tool-call':
          hasCalled = true;
          return writeCall(part, output);
        default:
          return writeWhole(output);
      }
    },
    settle: output.settle,
    called: () => hasCalled,
  };
}

function createOutput(write: Write, encoding: AnswerEncoding): Output {
  let count = 0;
  let held: { readonly name: string; readonly write: () => void } | undefined;
  const start = (block: object): number => {
    const index = count++;
    const json = JSON.stringify({ type: 'content_block_start', index, content_block: block });
    write(`event: content_block_start\ndata: ${json}\n\n`);
    return index;
  };
  const delta = (index: number, said: object): void => {
    const json = JSON.stringify({ type: 'content_block_delta', index, delta: said });
    write(`event: content_block_delta\ndata: ${json}\n\n`);
  };
  const stop = (index: number): void =>
    write(`event: content_block_stop\ndata: {"type":"content_block_stop","index":${index}}\n\n`);
  return {
    encoding,
    start,
    delta,
    stop,
    whole(block) {
      stop(start(block));
    },
    head: (index, said) =>
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":${said}`,
    text(head, text) {
      write(`${head}${JSON.stringify(text)}}}\n\n`);
    },
    next: () => count,
    hold(name, writeIt) {
      held = { name, write: writeIt };
    },
    settle(isCut) {
      if (held === undefined) return;
      if (isCut) loseCutCall(encoding.losses, held.name);
      else held.write();
      held = undefined;
    },
  };
}

const TEXT = '{"type":"text_delta","text":';
const THINKING = '{"type":"thinking_delta","thinking":';
const INPUT = '{"type":"input_json_delta","partial_json":';

function nothing(): void {
  // Blocks of other kinds have no such event.
}

function writeText(output: Output): WrittenBlock {
  let index = -1;
  let head = '';
  const begin = (): void => {
    if (index !== -1) return;
    index = output.start({ type: 'text', text: '' });
    head = output.head(index, TEXT);
  };
  return {
    delta(text) {
      begin();
      output.text(head, text);
    },
    section: nothing,
    citation({ dialect, raw }) {
      if (dialect !== 'anthropic-messages') return loseCitation(output.encoding.losses);
      begin();
      output.delta(index, { type: 'citations_delta', citation: raw });
    },
    close(part) {
      if (part.type === 'text' || part.type === 'refusal') loseTextToken(part, output.encoding.losses);
      if (index !== -1) output.stop(index);
    },
  };
}

function writeReasoning(output: Output): WrittenBlock {
  let index = -1;
  let head = '';
  let hasText = false;
  let gap = '';
  return {
    delta(text) {
      if (index === -1) {
        index = output.start({ type: 'thinking', thinking: '', signature: '' });
        head = output.head(index, THINKING);
      }
      output.text(head, gap + text);
      hasText = true;
      gap = '';
    },
    section() {
      if (hasText) gap = '\n\n';
    },
    citation: nothing,
    close(part) {
      if (part.type !== 'reasoning') return;
      if (index === -1) return closeHidden(part, output);
      if (part.token !== undefined) {
        output.delta(index, { type: 'signature_delta', signature: writeSlot(part.token, HOME) });
      }
      output.stop(index);
    },
  };
}

/** Reasoning of which nothing is shown: a token alone. */
function closeHidden(part: ReasoningPart, output: Output): void {
  const block = reasoningBlock(part);
  if (block === undefined) return;
  if (block['type'] !== 'thinking') {
    output.whole(block);
    return;
  }
  const index = output.start({ ...block, signature: '' });
  output.delta(index, { type: 'signature_delta', signature: block['signature'] });
  output.stop(index);
}

/** `held`: pieces that wait, all of them where the input is no object and has to be wrapped. */
function writeCall(opened: ToolCallPart, output: Output): WrittenBlock {
  const { encoding } = output;
  let index = -1;
  let head = '';
  let held = '';
  let pieces = 0;
  let isFree = opened.kind === 'custom';

  const begin = (part: ToolCallPart): void => {
    const carrier = carrierBlock(part);
    if (carrier !== undefined) output.whole(carrier);
    const caller = objectOf(opened.ext?.['caller']);
    index = output.start({
      type: 'tool_use',
      id: callId(opened, encoding.seed, output.next()),
      name: opened.name,
      input: {},
      ...(caller === undefined ? {} : { caller }),
    });
    head = output.head(index, INPUT);
  };

  const whole = (part: ToolCallPart, input: string): void => {
    begin(part);
    output.text(head, input);
    output.stop(index);
  };

  return {
    delta(text) {
      pieces++;
      if (index !== -1) return output.text(head, text);
      held += text;
      if (isFree || pieces === 1) return;
      const first = held.trimStart();
      if (first === '') return;
      isFree = !first.startsWith('{');
      if (isFree) return;
      begin(opened);
      output.text(head, held);
    },
    section: nothing,
    citation: nothing,
    close(part) {
      if (part.type !== 'tool-call') return;
      if (index === -1) {
        const { input, faithful } = inputOf(held);
        const json = faithful && held.trimStart().startsWith('{') ? held : JSON.stringify(input);
        if (faithful && part.kind === 'function') return whole(part, json);
        output.hold(part.name, () => {
          if (part.kind === 'function') loseArguments(encoding.losses, part.name);
          whole(part, json);
        });
        return;
      }
      if (part.token !== undefined && opened.token === undefined) {
        const note = 'The token of a call came after the call had begun.';
        lose(encoding.losses, 'dropped', 'hint', 'content', 'call-token', note);
      }
      output.stop(index);
    },
  };
}

/** Blocks of this format; other formats' parts that come whole have no place here. */
function writeWhole(output: Output): WrittenBlock {
  return {
    delta: nothing,
    section: nothing,
    citation: nothing,
    close(part) {
      if (part.type === 'media') return loseMedium(output.encoding.losses, part.kind);
      if (part.type === 'tool-result') return loseMedium(output.encoding.losses, 'tool result');
      if (part.type !== 'vendor') return;
      const block = vendorBlockOf(part, output.encoding.losses);
      if (block === undefined) return;
      const input = objectOf(block['input']);
      if (input === undefined) return output.whole(block);
      // As the API does: clients gather the input of a server's tool from its pieces.
      const index = output.start({ ...block, input: {} });
      output.text(output.head(index, INPUT), JSON.stringify(input));
      output.stop(index);
    },
  };
}
