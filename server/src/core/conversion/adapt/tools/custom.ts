// Tools that take free text, for models that know JSON arguments only: each becomes a function with one string `input`.
// Clients such as Codex run nothing but calls of the kind that they offered, so the answer is changed back as it comes.

import type { Part, ToolCallPart } from '../../../model/content.ts';
import type { Emit } from '../../../model/event.ts';
import type { ChatRequest, ToolChoice, ToolDefinition } from '../../../model/request.ts';
import type { Pass } from '../../adapt.ts';
import { changedParts } from './history.ts';
import { type InputUnwrapper, unwrapInput, unwrappedInput } from './input-unwrapper.ts';

/** Free-text tools as functions, where the target knows no others (G38). */
export const customTools: Pass = (request, { traits, losses, traces }) => {
  if (traits.customTools) return { request };
  if (traces?.custom === false && !request.tools.some(({ kind }) => kind === 'custom')) {
    const choice = request.toolChoice;
    if (choice?.mode !== 'tool' || choice.kind !== 'custom') return { request };
  }
  const names = new Set<string>();
  const tools = request.tools.map((tool, index) => {
    if (tool.kind !== 'custom') return tool;
    names.add(fullName(tool.namespace?.name, tool.name));
    losses.add({
      path: `tools[${index}]`,
      feature: 'custom-tool',
      action: 'emulated',
      severity: 'quality',
      note: `The free-text tool "${tool.name}" is offered as a function with one string; its grammar is only described.`,
    });
    return asFunction(tool);
  });
  const turns = changedParts(request.turns, (part) => lowered(part, names));
  const toolChoice = loweredChoice(request.toolChoice);
  if (names.size === 0 && turns === request.turns && toolChoice === request.toolChoice) return { request };
  const changed: ChatRequest = {
    ...request,
    tools,
    turns,
    ...(toolChoice === undefined ? {} : { toolChoice }),
  };
  return { request: changed, raise: (emit) => raised(emit, names) };
};

function fullName(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}\n${name}`;
}

function asFunction(tool: ToolDefinition): ToolDefinition {
  const { grammar, description, ...rest } = tool;
  const said = [
    ...(description === undefined || description === '' ? [] : [description]),
    'Put the whole text of the call, as it is, into the string "input".',
    ...(grammar === undefined
      ? []
      : [`The text must follow this ${grammar.syntax} grammar:\n${grammar.definition}`]),
  ];
  return {
    ...rest,
    kind: 'function',
    description: said.join('\n\n'),
    parameters: {
      type: 'object',
      properties: { input: { type: 'string' } },
      required: ['input'],
      additionalProperties: false,
    },
  };
}

/** Notes the names of calls, also of tools that are no longer offered: the model may call them again. */
function lowered(part: Part, names: Set<string>): Part {
  if (part.type === 'tool-call' && part.kind === 'custom') {
    names.add(fullName(part.namespace, part.name));
    // Ids of items tell their kind ("ctc_…") and would be refused on the other one.
    const { itemId: _, ...rest } = part;
    return { ...rest, kind: 'function', arguments: JSON.stringify({ input: part.arguments }) };
  }
  if (part.type === 'tool-result' && part.kind === 'custom') {
    const { itemId: _, ...rest } = part;
    return { ...rest, kind: 'function' };
  }
  return part;
}

function loweredChoice(choice: ToolChoice | undefined): ToolChoice | undefined {
  return choice?.mode === 'tool' && choice.kind === 'custom' ? { ...choice, kind: 'function' } : choice;
}

/** One call that is being unwrapped. */
interface OpenCall {
  readonly unwrapper: InputUnwrapper;
  /** How much of the input the client has. */
  sent: number;
}

function raised(emit: Emit, names: ReadonlySet<string>): Emit {
  const open = new Map<number, OpenCall>();
  const isOurs = (part: Part): part is ToolCallPart =>
    part.type === 'tool-call' && part.kind === 'function' && names.has(fullName(part.namespace, part.name));
  return (event) => {
    if (event.type === 'delta') {
      const call = open.get(event.block);
      if (call === undefined) {
        emit(event);
        return;
      }
      const text = call.unwrapper.push(event.text);
      if (text === '') return;
      call.sent += text.length;
      emit({ type: 'delta', block: event.block, text });
    } else if (event.type === 'open' && isOurs(event.part)) {
      open.set(event.block, { unwrapper: unwrapInput(), sent: 0 });
      emit({ ...event, part: asCustom(event.part, event.part.arguments) });
    } else if (event.type === 'close' && isOurs(event.part)) {
      const input = unwrappedInput(event.part.arguments);
      const rest = input.slice(open.get(event.block)?.sent ?? 0);
      if (rest !== '') emit({ type: 'delta', block: event.block, text: rest });
      open.delete(event.block);
      emit({ ...event, part: asCustom(event.part, input) });
    } else emit(event);
  };
}

function asCustom(call: ToolCallPart, input: string): ToolCallPart {
  const { itemId: _, ...rest } = call;
  return { ...rest, kind: 'custom', arguments: input };
}
