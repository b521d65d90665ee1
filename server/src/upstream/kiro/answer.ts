// Kiro's events as those of a Messages stream. Pure: messages in, text out.

import { isObject, type JsonObject, objectOf, parseJson, textOf } from '../../core/model/json.ts';
import type { EventMessage } from './event-frames.ts';

/** Translates the events of one answer. */
export interface AnswerWriter {
  /** What is to be written for a message. */
  message(message: EventMessage): string;
  /** What is to be written when the answer is over in good order. */
  end(): string;
  /** An error was written: nothing follows. */
  readonly failed: boolean;
}

/** What an answer is called. */
export interface AnswerFacts {
  readonly id: string;
  readonly model: string;
}

/** How exceptions are called in the Messages format. */
const ERRORS: Readonly<Record<string, string>> = {
  ThrottlingException: 'rate_limit_error',
  ServiceQuotaExceededException: 'rate_limit_error',
  AccessDeniedException: 'permission_error',
  ValidationException: 'invalid_request_error',
  ResourceNotFoundException: 'not_found_error',
  ServiceUnavailableException: 'overloaded_error',
};

const event = (data: JsonObject): string =>
  `event: ${String(data['type'])}\ndata: ${JSON.stringify(data)}\n\n`;

/** A writer for one answer. */
export function answerWriter(facts: AnswerFacts): AnswerWriter {
  return new Writer(facts);
}

type Open = { readonly type: 'text' | 'thinking' } | { readonly type: 'tool_use'; readonly id: string };

class Writer implements AnswerWriter {
  failed = false;
  private readonly facts: AnswerFacts;
  private started = false;
  private open: Open | undefined;
  private index = 0;
  private called = false;
  private usage: JsonObject | undefined;

  constructor(facts: AnswerFacts) {
    this.facts = facts;
  }

  message({ headers, payload }: EventMessage): string {
    if (this.failed) return '';
    const kind = headers[':message-type'];
    const value = parseJson(payload);
    const body = isObject(value) ? value : {};
    if (kind === 'exception') return this.fail(headers[':exception-type'], textOf(body['message']));
    if (kind === 'error') return this.fail(headers[':error-code'], headers[':error-message']);
    switch (headers[':event-type']) {
      case 'assistantResponseEvent':
        return this.text('text', textOf(body['content']) ?? '');
      case 'reasoningContentEvent':
        return this.text('thinking', textOf(body['text']) ?? '');
      case 'toolUseEvent':
        return this.call(body);
      case 'metadataEvent':
      case 'messageMetadataEvent':
        this.usage = usageOf(objectOf(body['tokenUsage'])) ?? this.usage;
        return '';
      case 'invalidStateEvent':
        return this.fail(textOf(body['reason']), textOf(body['message']));
      default:
        // Credits, links, and how full the context is: nothing that the answer is made of.
        return '';
    }
  }

  end(): string {
    if (this.failed || !this.started) return '';
    const stop_reason = this.called ? 'tool_use' : 'end_turn';
    const usage = this.usage === undefined ? {} : { usage: this.usage };
    return (
      this.close() +
      event({ type: 'message_delta', delta: { stop_reason, stop_sequence: null }, ...usage }) +
      event({ type: 'message_stop' })
    );
  }

  private fail(name: string | undefined, words: string | undefined): string {
    this.failed = true;
    const known = name === undefined ? undefined : ERRORS[name.replace(/^.*[#.]/, '')];
    const message = words ?? `Kiro broke its answer off (${name ?? 'for no stated reason'}).`;
    return event({ type: 'error', error: { type: known ?? 'api_error', message } });
  }

  private start(): string {
    if (this.started) return '';
    this.started = true;
    const { id, model } = this.facts;
    const message = { id, type: 'message', role: 'assistant', model, content: [] };
    return event({
      type: 'message_start',
      message: { ...message, stop_reason: null, stop_sequence: null },
    });
  }

  private text(type: 'text' | 'thinking', text: string): string {
    if (text === '') return '';
    let written = this.start();
    if (this.open?.type !== type) {
      written += this.close();
      this.open = { type };
      written += this.begin({ type, [type]: '' });
    }
    return written + this.delta({ type: `${type}_delta`, [type]: text });
  }

  private call(body: JsonObject): string {
    const id = textOf(body['toolUseId']);
    if (id === undefined) return '';
    let written = this.start();
    if (this.open?.type !== 'tool_use' || this.open.id !== id) {
      written += this.close();
      this.open = { type: 'tool_use', id };
      this.called = true;
      written += this.begin({ type: 'tool_use', id, name: textOf(body['name']) ?? '', input: {} });
    }
    const { input } = body as { readonly input?: unknown };
    const partial = typeof input === 'string' ? input : isObject(input) ? JSON.stringify(input) : '';
    if (partial !== '') written += this.delta({ type: 'input_json_delta', partial_json: partial });
    return body['stop'] === true ? written + this.close() : written;
  }

  private begin(block: JsonObject): string {
    return event({ type: 'content_block_start', index: this.index, content_block: block });
  }

  private delta(delta: JsonObject): string {
    return event({ type: 'content_block_delta', index: this.index, delta });
  }

  private close(): string {
    if (this.open === undefined) return '';
    this.open = undefined;
    const written = event({ type: 'content_block_stop', index: this.index });
    this.index += 1;
    return written;
  }
}

/** Usage as the Messages format counts it; undefined where Kiro does not tell it, which is most often. */
function usageOf(usage: JsonObject | undefined): JsonObject | undefined {
  if (usage === undefined) return undefined;
  const count = (name: string): number | undefined => {
    const value = usage[name];
    return typeof value === 'number' && value >= 0 ? value : undefined;
  };
  const input = count('uncachedInputTokens') ?? count('inputTokens');
  const output = count('outputTokens');
  if (input === undefined || output === undefined) return undefined;
  return {
    input_tokens: input,
    cache_read_input_tokens: count('cacheReadInputTokens') ?? 0,
    cache_creation_input_tokens: count('cacheWriteInputTokens') ?? 0,
    output_tokens: output,
  };
}
