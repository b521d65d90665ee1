// Writes a streamed answer as chunks. All chunks share id, time and model; the parts of a chunk that never change are made
// once, so that a delta costs one JSON string.
// https://platform.openai.com/docs/api-reference/chat-streaming

import type { Part, TokenLogprob } from '../../model/content.ts';
import type { StartEvent, StreamEvent } from '../../model/event.ts';
import { nothingLeft, unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Stop } from '../../model/response.ts';
import { saidOfRefusal } from '../../model/said-of-refusal.ts';
import type { Usage } from '../../model/usage.ts';
import type { Codec } from '../dialect.ts';
import { writeAnnotation } from './annotations.ts';
import { encodeStreamError } from './error.encode.ts';
import { answerId, answerImage, answerMembers, finishReason, isLegacy, lost, reportStop } from './finish.ts';
import { extraContent } from './google-extra.ts';
import { writeLogprobs } from './logprobs.ts';
import { detailsOf } from './reasoning-details.ts';
import { writeUsage } from './usage.encode.ts';

/** One choice as far as it has been written. */
interface ChoiceState {
  readonly index: number;
  calls: number;
  text: number;
  hasReasoned: boolean;
  hasRefused: boolean;
  reasoningParts: number;
  readonly annotations: JsonObject[];
  readonly images: JsonObject[];
}

/** One open block. */
interface BlockState {
  readonly block: number;
  readonly choice: ChoiceState;
  /** What stands before and after the JSON string of a delta; `end` = all that is after it where there is no more to say. */
  readonly before: string;
  readonly after: string;
  readonly end: string;
  readonly type: Part['type'];
  /** Ordinal of a call (G18); -1: written nowhere. */
  readonly call: number;
  /** Something to put before the first text. */
  lead: string;
  hasToken: boolean;
}

/** See Codec.encodeStream. The format knows one framing only. */
export const encodeStream: Codec['encodeStream'] = (write, encoding) => {
  const { request, losses } = encoding;
  const legacy = isLegacy(request);
  const usageMember = request.includeUsage ? ',"usage":null' : '';
  const choices = new Map<number, ChoiceState>();
  const blocks = new Map<number, BlockState>();
  let head = headOf(undefined);
  let last: BlockState | undefined;
  let usage: Usage | undefined;
  let isOver = false;

  function headOf(start: StartEvent | undefined): string {
    const facts = {
      id: encoding.begun?.id || answerId(start?.id ?? '', encoding.seed),
      object: 'chat.completion.chunk',
      created: start?.createdAt ?? encoding.createdAt,
      model: encoding.model,
      ...(start?.serviceTier === undefined ? {} : { service_tier: start.serviceTier }),
      ...(encoding.origin === 'openai-chat' ? start?.ext : {}),
    };
    return `data: ${JSON.stringify(facts).slice(0, -1)},"choices":[`;
  }

  function chunk(choice: ChoiceState, delta: string, logprobs: string, finish: string): void {
    write(
      `${head}{"index":${choice.index},"delta":${delta},"logprobs":${logprobs},"finish_reason":${finish}}]${usageMember}}\n\n`,
    );
  }

  /** The choice; its first chunk names the role, without which strict clients refuse the answer (G23). */
  function choiceOf(index: number, hasText: boolean): ChoiceState {
    let choice = choices.get(index);
    if (choice !== undefined) return choice;
    choice = {
      index,
      calls: 0,
      text: 0,
      hasReasoned: false,
      hasRefused: false,
      reasoningParts: 0,
      annotations: [],
      images: [],
    };
    choices.set(index, choice);
    chunk(choice, `{"role":"assistant","content":${hasText ? '""' : 'null'},"refusal":null}`, 'null', 'null');
    return choice;
  }

  function open(block: number, index: number, part: Part): void {
    const choice = choiceOf(index, part.type === 'text');
    const call = part.type === 'tool-call' ? openCall(choice, part) : -1;
    const [inner, outer] = wrapping(part, call, legacy);
    last = {
      block,
      choice,
      before: `${head}{"index":${index},"delta":${inner}`,
      after: outer,
      end: endOf(outer, 'null'),
      type: part.type,
      call,
      lead: part.type === 'reasoning' && choice.hasReasoned ? '\n\n' : '',
      hasToken: part.token !== undefined,
    };
    blocks.set(block, last);
  }

  function openCall(choice: ChoiceState, part: Part & { readonly type: 'tool-call' }): number {
    const { id, kind, name, token } = part;
    if (legacy && choice.calls > 0) {
      lost(losses, 'parallel-calls', 'quality', 'A legacy client understands one function call only.');
      return -1;
    }
    const index = choice.calls++;
    const extra = token?.kind === 'thought' ? { extra_content: extraContent(token, true) } : {};
    const begun =
      kind === 'custom'
        ? { index, id, type: 'custom', custom: { name, input: '' }, ...extra }
        : { index, id, type: 'function', function: { name, arguments: '' }, ...extra };
    const delta = legacy ? { function_call: { name, arguments: '' } } : { tool_calls: [begun] };
    chunk(choice, JSON.stringify(delta), 'null', 'null');
    return index;
  }

  function delta(block: number, text: string, logprobs: readonly TokenLogprob[] | undefined): void {
    const state = last?.block === block ? last : blocks.get(block);
    if (state === undefined || state.after === '' || (state.type === 'tool-call' && state.call === -1))
      return;
    const shown = state.lead === '' ? text : state.lead + text;
    state.lead = '';
    if (state.type === 'text') state.choice.text += text.length;
    else if (state.type === 'reasoning') state.choice.hasReasoned = true;
    else if (state.type === 'refusal') state.choice.hasRefused = true;
    const end = logprobs === undefined ? state.end : endOf(state.after, logprobsOf(logprobs));
    write(`${state.before}${JSON.stringify(shown)}${end}`);
  }

  function endOf(after: string, logprobs: string): string {
    return `${after},"logprobs":${logprobs},"finish_reason":null}]${usageMember}}\n\n`;
  }

  function close(block: number, part: Part): void {
    const state = blocks.get(block);
    if (state === undefined) return;
    blocks.delete(block);
    if (last === state) last = undefined;
    const { choice } = state;
    switch (part.type) {
      case 'text':
        for (const citation of part.citations ?? []) {
          const { length } = part.text;
          const annotation = writeAnnotation(citation, choice.text - length, length);
          if (annotation !== undefined) choice.annotations.push(annotation);
          else lost(losses, 'citations', 'quality', 'Chat Completions cites by URL only.');
        }
        if (part.token?.kind === 'thought') extra(choice, { extra_content: extraContent(part.token, true) });
        return;
      case 'reasoning':
        if (part.token !== undefined)
          extra(choice, { reasoning_details: detailsOf(part, choice.reasoningParts++, true) });
        return;
      case 'tool-call':
        if (part.token?.kind === 'thought' && !state.hasToken && !legacy) {
          const empty = part.kind === 'custom' ? { custom: { input: '' } } : { function: { arguments: '' } };
          const call = { index: state.call, ...empty, extra_content: extraContent(part.token, true) };
          extra(choice, { tool_calls: [call] });
        }
        return;
      case 'media': {
        const image = answerImage(part, losses);
        if (image !== undefined) choice.images.push(image);
        return;
      }
      case 'vendor': {
        const members = answerMembers(part, losses);
        if (members !== undefined) extra(choice, members);
        return;
      }
      case 'tool-result':
        lost(losses, 'tool-result', 'hint', 'Chat Completions has no results of tools in answers.');
        return;
      case 'refusal':
        return;
      default:
        unreachable(part);
    }
  }

  function extra(choice: ChoiceState, members: JsonObject): void {
    chunk(choice, JSON.stringify(members), 'null', 'null');
  }

  function stop(index: number, why: Stop): void {
    const known = choices.get(index);
    const refusal = saidOfRefusal(why, known !== undefined && (known.text > 0 || known.hasRefused));
    const choice = choiceOf(index, refusal === undefined);
    const { annotations, images } = choice;
    if (refusal !== undefined) extra(choice, { refusal });
    // Clients replace lists that they do not know, so each comes once and whole.
    if (annotations.length > 0) extra(choice, { annotations });
    if (images.length > 0) extra(choice, { images });
    reportStop(why, losses);
    chunk(choice, '{}', 'null', JSON.stringify(finishReason(why, choice.hasRefused, legacy)));
  }

  function end(): void {
    if (request.includeUsage && usage !== undefined)
      write(`${head}],"usage":${JSON.stringify(writeUsage(usage))}}\n\n`);
    write('data: [DONE]\n\n');
  }

  return {
    event(event: StreamEvent) {
      if (isOver) return;
      switch (event.type) {
        case 'delta':
          return delta(event.block, event.text, event.logprobs);
        case 'start': {
          head = headOf(event);
          usage = event.usage;
          return;
        }
        case 'open':
          return open(event.block, event.choice, event.part);
        case 'close':
          return close(event.block, event.part);
        case 'section': {
          const state = blocks.get(event.block);
          if (state !== undefined) state.lead += '\n\n';
          return;
        }
        case 'citation':
          return;
        case 'usage':
          usage = event.usage;
          return;
        case 'stop':
          return stop(event.choice, event.stop);
        case 'ping':
          return write(': ping\n\n');
        case 'error':
          isOver = true;
          return write(encodeStreamError(event.error));
        case 'end': {
          const { type: _, serviceTier: _late, ext: _foreign, ...rest } = event;
          nothingLeft(rest);
          isOver = true;
          return end();
        }
        default:
          return unreachable(event);
      }
    },
  };
};

/** What stands around the text of a delta: `{"content":` and `}`; two empty strings for blocks that come whole. */
function wrapping(part: Part, call: number, legacy: boolean): readonly [string, string] {
  switch (part.type) {
    case 'text':
      return ['{"content":', '}'];
    case 'reasoning':
      return ['{"reasoning_content":', '}'];
    case 'refusal':
      return ['{"refusal":', '}'];
    case 'tool-call': {
      if (legacy) return ['{"function_call":{"arguments":', '}}'];
      const inner = part.kind === 'custom' ? '"custom":{"input":' : '"function":{"arguments":';
      return [`{"tool_calls":[{"index":${call},${inner}`, '}}]}'];
    }
    case 'media':
    case 'vendor':
    case 'tool-result':
      return ['', ''];
    default:
      return unreachable(part);
  }
}

function logprobsOf(logprobs: readonly TokenLogprob[]): string {
  return JSON.stringify({ content: writeLogprobs(logprobs), refusal: null });
}
