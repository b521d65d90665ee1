// The chat as a form: what people fill in, and the body of Chat Completions that it stands for.

import type { Reply } from '../reply/reply.ts';
import { textOfKind } from '../reply/reply.ts';
import { parseJson } from '../wire/json.ts';

/** A picture, as it is sent. */
export interface Picture {
  readonly name: string;
  readonly url: string;
}

/** A call that the model has made. */
export interface Call {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

/** One message. */
export interface Turn {
  /** Of the page alone. */
  readonly id: number;
  readonly role: 'user' | 'assistant' | 'tool';
  readonly text: string;
  readonly pictures: readonly Picture[];
  /** What an assistant has called. */
  readonly calls?: readonly Call[];
  /** Of a tool: the call that is answered. */
  readonly answers?: Call;
}

/** How much the model is to think; '' leaves it to the model. */
export const EFFORTS = ['', 'none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type Effort = (typeof EFFORTS)[number];

/** The form. Numbers are as they were typed; empty: the model's own. */
export interface ChatForm {
  readonly system: string;
  readonly turns: readonly Turn[];
  readonly temperature: string;
  readonly maxTokens: string;
  readonly effort: Effort;
  /** JSON: a list of tools as Chat Completions takes them. */
  readonly tools: string;
  readonly stream: boolean;
}

let lastId = 0;

/** A new message. */
export function newTurn(role: Turn['role'], text = ''): Turn {
  lastId += 1;
  return { id: lastId, role, text, pictures: [] };
}

/** An empty form. */
export function emptyForm(): ChatForm {
  return {
    system: '',
    turns: [newTurn('user')],
    temperature: '',
    maxTokens: '',
    effort: '',
    tools: '',
    stream: true,
  };
}

/** A tool to begin with. */
export const SAMPLE_TOOLS: string = JSON.stringify(
  [
    {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'The weather in a city at this moment.',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    },
  ],
  undefined,
  2,
);

/** Which fields hold what cannot be sent. */
export interface FormFaults {
  readonly temperature: boolean;
  readonly maxTokens: boolean;
  readonly tools: boolean;
}

/** What is wrong with the form. */
export function faultsOf({ temperature, maxTokens, tools }: ChatForm): FormFaults {
  return {
    temperature: temperature.trim() !== '' && !(Number(temperature) >= 0),
    maxTokens: maxTokens.trim() !== '' && !(Number.isSafeInteger(Number(maxTokens)) && Number(maxTokens) > 0),
    tools: tools.trim() !== '' && !Array.isArray(parseJson(tools)),
  };
}

/** The body that the form stands for. Fields that hold what cannot be sent are left out. */
export function chatBody(form: ChatForm, model: string): Readonly<Record<string, unknown>> {
  const { system, turns, temperature, maxTokens, effort, tools, stream } = form;
  const faults = faultsOf(form);
  const given = (text: string, isFaulty: boolean): boolean => text.trim() !== '' && !isFaulty;
  return {
    model,
    messages: [
      ...(system.trim() === '' ? [] : [{ role: 'system', content: system }]),
      ...turns.map(messageOf),
    ],
    ...(given(temperature, faults.temperature) ? { temperature: Number(temperature) } : {}),
    ...(given(maxTokens, faults.maxTokens) ? { max_completion_tokens: Number(maxTokens) } : {}),
    ...(effort === '' ? {} : { reasoning_effort: effort }),
    ...(given(tools, faults.tools) ? { tools: parseJson(tools) } : {}),
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
}

function messageOf({ role, text, pictures, calls = [], answers }: Turn): object {
  if (role === 'tool') return { role, tool_call_id: answers?.id ?? '', content: text };
  if (role === 'assistant') {
    const called = calls.map(({ id, name, text: args }) => ({
      id,
      type: 'function',
      function: { name, arguments: args },
    }));
    // A message that only calls has no text, which is not the same as an empty one.
    const content = text === '' && called.length > 0 ? null : text;
    return called.length === 0 ? { role, content } : { role, content, tool_calls: called };
  }
  if (pictures.length === 0) return { role, content: text };
  return {
    role,
    content: [
      ...(text === '' ? [] : [{ type: 'text', text }]),
      ...pictures.map(({ url }) => ({ type: 'image_url', image_url: { url } })),
    ],
  };
}

/** The form with an answer at its end, and room for what is said to it: results of its calls, or the next question. */
export function continued(form: ChatForm, reply: Reply): ChatForm {
  const calls = reply.blocks.flatMap(({ kind, id, name, text }, at) =>
    kind === 'tool' ? [{ id: id ?? `call_${at}`, name: name ?? '', text }] : [],
  );
  const said: Turn = {
    ...newTurn('assistant', textOfKind(reply, 'text')),
    ...(calls.length === 0 ? {} : { calls }),
  };
  const next =
    calls.length === 0 ? [newTurn('user')] : calls.map((call) => ({ ...newTurn('tool'), answers: call }));
  return { ...form, turns: [...form.turns, said, ...next] };
}
