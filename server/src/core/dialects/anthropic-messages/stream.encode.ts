// Events of the model as a streamed answer of the Messages API: message_start, blocks one after another with indexes
// without gaps, exactly one message_delta, message_stop. Each event has its `event:` line: clients skip those without.
// https://docs.anthropic.com/en/docs/build-with-claude/streaming

import type { EndEvent, StartEvent } from '../../model/event.ts';
import { objectOf } from '../../model/json.ts';
import type { Stop } from '../../model/response.ts';
import type { Usage } from '../../model/usage.ts';
import { formatEvent } from '../../sse/write.ts';
import type { Codec, StreamEncoder } from '../dialect.ts';
import { beginWritten, type WrittenBlock } from './block.write.ts';
import { loseChoices, messageId } from './blocks.encode.ts';
import { encodeStreamError } from './error.encode.ts';
import { tierOf } from './response.encode.ts';
import { encodeStop, isCutBy, stopError } from './stop.ts';
import { encodeUsage, estimatedUsage } from './usage.encode.ts';
import { lose, type Wire } from './writing.ts';

/** See Codec.encodeStream. There is one framing. */
export const encodeStream: Codec['encodeStream'] = (write, encoding): StreamEncoder => {
  const blocks = beginWritten(write, encoding);
  /** Blocks of the first answer, by number. */
  const shown = new Map<number, WrittenBlock>();
  let begin: StartEvent | undefined;
  let usage: Usage | undefined;
  let stop: Stop = { reason: 'other' };
  let over = false;

  const send = (type: string, members: Wire): void =>
    write(formatEvent(JSON.stringify({ type, ...members }), type));

  const start = (event: StartEvent): void => {
    begin = event;
    usage = event.usage;
    send('message_start', {
      message: {
        id: messageId(event.id, encoding.seed),
        type: 'message',
        role: 'assistant',
        model: encoding.model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: firstUsage(event, encoding.inputTokens),
      },
    });
  };

  const finish = (event: EndEvent): void => {
    over = true;
    blocks.settle(isCutBy(stop));
    const failure = stopError(stop);
    if (failure !== undefined) {
      write(encodeStreamError(failure, encoding.seed));
      return;
    }
    if (usage === undefined) {
      lose(encoding.losses, 'defaulted', 'hint', 'usage', 'usage', 'The upstream reported no usage.');
    }
    const told = { ...objectOf(begin?.ext?.['usage']), ...objectOf(event.ext?.['usage']) };
    const tier = tierOf(event.serviceTier ?? begin?.serviceTier);
    send('message_delta', {
      delta: { ...encodeStop(stop, blocks.called()), ...keptOf(begin, event, DELTA_MEMBERS) },
      usage: usage === undefined ? { output_tokens: 0 } : { ...tier, ...encodeUsage(usage, told) },
      ...keptOf(begin, event, EVENT_MEMBERS),
    });
    send('message_stop', {});
  };

  return {
    event(event) {
      if (over) return;
      switch (event.type) {
        case 'delta':
          return shown.get(event.block)?.delta(event.text);
        case 'start':
          return start(event);
        case 'open':
          if (event.choice === 0) shown.set(event.block, blocks.open(event.part));
          else loseChoices(encoding.losses);
          return;
        case 'section':
          return shown.get(event.block)?.section();
        case 'citation':
          return shown.get(event.block)?.citation(event.citation);
        case 'close':
          shown.get(event.block)?.close(event.part);
          shown.delete(event.block);
          return;
        case 'usage':
          usage = event.usage;
          return;
        case 'stop':
          if (event.choice === 0) stop = event.stop;
          return;
        case 'ping':
          return begin === undefined ? undefined : write('event: ping\ndata: {"type": "ping"}\n\n');
        case 'error':
          over = true;
          return write(encodeStreamError(event.error, encoding.seed));
        case 'end':
          return finish(event);
      }
    },
  };
};

/** Input is counted before anything is said: as told, or as estimated (G8). */
function firstUsage(event: StartEvent, estimate: number): Wire {
  if (event.usage === undefined)
    return { ...tierOf(event.serviceTier), ...estimatedUsage(estimate), output_tokens: 1 };
  return { ...tierOf(event.serviceTier), ...encodeUsage(event.usage, objectOf(event.ext?.['usage'])) };
}

/** Members that this format alone has; an event does not say where its `ext` is from, so that only these are taken. */
const DELTA_MEMBERS = ['container'];
const EVENT_MEMBERS = ['context_management'];

function keptOf(begin: StartEvent | undefined, end: EndEvent, members: readonly string[]): Wire {
  const kept: Wire = {};
  for (const member of members) {
    const value = objectOf(end.ext?.[member]) ?? objectOf(begin?.ext?.[member]);
    if (value !== undefined) kept[member] = value;
  }
  return kept;
}
