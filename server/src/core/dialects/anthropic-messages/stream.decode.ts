// Streamed answers of the Messages API as events of the model. Liberal in what it takes: blocks that interleave, that are
// never begun or never stopped, and answers that lack their last event.
// https://docs.anthropic.com/en/docs/build-with-claude/streaming

import { type SluiceError, sluiceError } from '../../model/error.ts';
import type { Emit } from '../../model/event.ts';
import { isObject, type JsonObject, objectOf, textOf } from '../../model/json.ts';
import type { Codec, StreamDecoder } from '../dialect.ts';
import { createEventParser, type Likeness } from '../kit/like-events.ts';
import { reportedError, streamError } from '../kit/upstream-error.ts';
import { beginBlock, type GrowingBlock, impliedBlock } from './block.read.ts';
import { answerFacts } from './response.decode.ts';
import { decodeStop } from './stop.ts';
import { readUsage } from './usage.ts';

const DELTAS: Likeness = {
  locate(json) {
    const { type, delta } = json as { type?: unknown; delta?: unknown };
    if (type !== 'content_block_delta' || !isObject(delta)) return undefined;
    const member = ['text', 'partial_json', 'thinking'].find((name) => typeof delta[name] === 'string');
    return member === undefined ? undefined : { holder: delta, member };
  },
};

/** See Codec.decodeStream. */
export const decodeStream: Codec['decodeStream'] = (emit): StreamDecoder => {
  const queue = createQueue(emit);
  const parse = createEventParser(DELTAS);
  let started = false;
  let over = false;
  /** The last message_delta that named a reason. */
  let ending: JsonObject | undefined;
  /** Members of the answer that came after its start. */
  let late: JsonObject = {};
  let usage: JsonObject = {};

  const fail = (error: SluiceError): void => {
    over = true;
    emit({ type: 'error', error });
  };

  const start = (message: JsonObject): void => {
    if (started) {
      fail(sluiceError('upstream_stream_error', 'The upstream began its answer a second time.'));
      return;
    }
    started = true;
    usage = merged({}, objectOf(message['usage']));
    const counted = readUsage(usage);
    emit({
      type: 'start',
      id: textOf(message['id']) ?? '',
      model: textOf(message['model']) ?? '',
      ...(counted === undefined ? {} : { usage: counted }),
      ...answerFacts(message, usage),
    });
    if (textOf(message['stop_reason']) !== undefined) ending = message;
    if (!Array.isArray(message['content'])) return;
    for (const block of message['content']) {
      queue.begin(undefined, block);
      queue.stop(undefined);
    }
  };

  const begun = (): void => {
    if (!started) start({});
  };

  const finish = (): void => {
    if (ending === undefined && queue.isUnused()) {
      fail(sluiceError('upstream_answer', 'The upstream ended its stream without any output.'));
      return;
    }
    queue.flush();
    over = true;
    emit({ type: 'stop', choice: 0, stop: decodeStop(ending ?? {}, queue.called()) });
    emit({ type: 'end', ...answerFacts(late, usage) });
  };

  const change = (json: JsonObject): void => {
    const delta = objectOf(json['delta']) ?? {};
    const { type: _type, delta: _delta, usage: _usage, ...beside } = json;
    late = { ...late, ...delta, ...beside };
    if (ending === undefined && textOf(delta['stop_reason']) !== undefined) ending = delta;
    usage = merged(usage, objectOf(json['usage']));
    const counted = readUsage(usage);
    if (counted !== undefined) emit({ type: 'usage', usage: counted });
  };

  const other = (type: string, json: JsonObject): void => {
    switch (type) {
      case 'message_start':
        start(objectOf(json['message']) ?? {});
        return;
      case 'content_block_start':
        begun();
        queue.begin(json['index'], json['content_block']);
        return;
      case 'content_block_stop':
        queue.stop(json['index']);
        return;
      case 'message_delta':
        begun();
        change(json);
        return;
      case 'message_stop':
        begun();
        finish();
        return;
      case 'ping':
        if (started) emit({ type: 'ping' });
        return;
      default: {
        const reported = type === 'error' || json['error'] !== undefined ? reportedError(json) : undefined;
        if (reported !== undefined) fail(streamError(reported));
      }
    }
  };

  return {
    event(name, data) {
      if (over) return;
      const json = parse(data);
      if (!isObject(json)) {
        if (isNoise(data, json)) return;
        return fail(sluiceError('upstream_answer', 'The upstream sent an event that is not a JSON object.'));
      }
      const type = textOf(json['type']) ?? name;
      if (type === 'content_block_delta') {
        begun();
        const delta = json['delta'];
        if (isObject(delta)) queue.grow(json['index'], delta);
      } else other(type, json);
    },
    end() {
      if (over) return;
      if (ending !== undefined) return finish();
      fail(sluiceError('upstream_closed', 'The upstream closed its stream before the answer was complete.'));
    },
  };
};

/** What some upstreams send although it says nothing. */
function isNoise(data: string, json: unknown): boolean {
  return json === null || data.trim() === '' || data.trim() === '[DONE]';
}

/** The last number that was told of each member counts (G9). */
function merged(known: JsonObject, raw: JsonObject | undefined): JsonObject {
  if (raw === undefined) return known;
  const whole: Record<string, unknown> = { ...known };
  for (const member in raw) if (raw[member] !== null) whole[member] = raw[member];
  return whole;
}

/** Blocks in the order of their beginning; the first one that is not closed is the one that is shown. */
interface Queue {
  begin(index: unknown, block: unknown): void;
  grow(index: unknown, delta: JsonObject): void;
  stop(index: unknown): void;
  /** Closes and shows everything. */
  flush(): void;
  /** A tool was called. */
  called(): boolean;
  /** No block has ever begun. */
  isUnused(): boolean;
}

function createQueue(emit: Emit): Queue {
  const byIndex = new Map<unknown, GrowingBlock>();
  /** Blocks that wait for their turn; the first one has it. */
  const waiting: GrowingBlock[] = [];
  let number = 0;
  let hasBegun = false;
  let hasCalled = false;

  const advance = (): void => {
    while (waiting[0]?.closed === true) {
      waiting.shift();
      waiting[0]?.show(number++);
    }
  };
  const close = (index: unknown): void => {
    const block = byIndex.get(index);
    if (block === undefined) return;
    byIndex.delete(index);
    block.close();
    advance();
  };
  const begin = (index: unknown, raw: unknown): void => {
    close(index);
    const block = beginBlock(raw, emit);
    if (block === undefined) return;
    hasBegun = true;
    hasCalled ||= block.called;
    byIndex.set(index, block);
    waiting.push(block);
    if (waiting.length === 1) block.show(number++);
  };

  return {
    begin,
    grow(index, delta) {
      let block = byIndex.get(index);
      if (block === undefined) {
        const implied = impliedBlock(delta);
        if (implied === undefined) return;
        begin(index, implied);
        block = byIndex.get(index);
      }
      block?.grow(delta);
    },
    stop: close,
    flush() {
      for (const index of [...byIndex.keys()]) close(index);
    },
    called: () => hasCalled,
    isUnused: () => !hasBegun,
  };
}
