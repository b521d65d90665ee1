// Requests with tools, what passes make of them, and answers on their way back, for tests of core/conversion/adapt/tools.

import type { Adapted, Pass } from '../../src/core/conversion/adapt.ts';
import type { Part, ToolCallPart, ToolResultPart } from '../../src/core/model/content.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { StreamEvent } from '../../src/core/model/event.ts';
import { checkGrammar } from '../../src/core/model/grammar.ts';
import { type Loss, lossReport } from '../../src/core/model/loss.ts';
import type { ChatRequest, HostedTool, ToolDefinition, Turn } from '../../src/core/model/request.ts';
import type { ModelTraits } from '../../src/core/model/traits.ts';
import { DEFAULT_TRAITS } from '../../src/core/providers/traits/defaults.ts';
import { eventsOf } from './chat-arbitrary.ts';

/** The traits of an unknown model of a format, with some members otherwise. */
export function traitsOf(dialect: DialectId, members: Partial<ModelTraits> = {}): ModelTraits {
  return { ...DEFAULT_TRAITS[dialect], vendor: 'nobody', ...members };
}

/** A request from openai-responses without anything in it, with some members otherwise. */
export function requestOf(members: Partial<ChatRequest>): ChatRequest {
  return {
    origin: 'openai-responses',
    model: 'm-1',
    stream: true,
    includeUsage: true,
    turns: [],
    tools: [],
    sampling: {},
    ...members,
  };
}

export function functionTool(name: string, members: Partial<ToolDefinition> = {}): ToolDefinition {
  return { kind: 'function', name, parameters: { type: 'object', properties: {} }, ...members };
}

export function hostedTool(
  dialect: DialectId,
  does: HostedTool['does'],
  config: HostedTool['config'],
  type: string = String(config['type']),
): ToolDefinition {
  return { kind: 'hosted', name: String(config['name'] ?? type), hosted: { dialect, does, type, config } };
}

export function callOf(id: string, name: string, members: Partial<ToolCallPart> = {}): ToolCallPart {
  return { type: 'tool-call', kind: 'function', id, name, arguments: '{}', ...members };
}

export function resultOf(callId: string, members: Partial<ToolResultPart> = {}): ToolResultPart {
  return {
    type: 'tool-result',
    kind: 'function',
    callId,
    content: [{ type: 'text', text: 'ok' }],
    ...members,
  };
}

export function assistant(...parts: Part[]): Turn {
  return { role: 'assistant', parts };
}

export function user(...parts: Part[]): Turn {
  return { role: 'user', parts };
}

/** What passes made of a request, one after the other, and what they reported. */
export interface Outcome {
  readonly request: ChatRequest;
  readonly losses: readonly Loss[];
  /** The parts of an answer as the client gets them, its arguments streamed in pieces; checks the grammar of events. */
  answer(parts: readonly Part[], pieceLength?: number): readonly Part[];
  /** The same as events. */
  events(parts: readonly Part[], pieceLength?: number): readonly StreamEvent[];
  readonly raises: boolean;
}

export function adapted(passes: readonly Pass[], request: ChatRequest, traits: ModelTraits): Outcome {
  const losses = lossReport();
  const raises: NonNullable<Adapted['raise']>[] = [];
  let current = request;
  for (const pass of passes) {
    const { request: next, raise } = pass(current, {
      traits,
      losses,
      recalled: undefined,
      withoutTokens: false,
    });
    current = next;
    if (raise !== undefined) raises.push(raise);
  }
  const events = (parts: readonly Part[], pieceLength = 3): readonly StreamEvent[] => {
    const seen: StreamEvent[] = [];
    const collect = checkGrammar((event) => {
      seen.push(event);
    });
    const emit = raises.reduce((inner, raise) => raise(inner), collect);
    const response = {
      origin: traits.dialect,
      id: 'answer-1',
      model: 'm-1',
      choices: [{ index: 0, parts, stop: { reason: 'tool-calls' as const } }],
    };
    for (const event of eventsOf(response, pieceLength)) emit(event);
    return seen;
  };
  return {
    request: current,
    losses: losses.losses,
    raises: raises.length > 0,
    events,
    answer: (parts, pieceLength) =>
      events(parts, pieceLength).flatMap((event) => (event.type === 'close' ? [event.part] : [])),
  };
}
