// Tools that are grouped in namespaces, for formats that know flat names only: `namespace__tool`. Clients such as Codex
// find a tool by both, so the answer gets its namespace back, also where the model left it out.

import type { ToolCallPart } from '../../../model/content.ts';
import type { ChatRequest, ToolChoice, ToolDefinition } from '../../../model/request.ts';
import type { Pass } from '../../adapt.ts';
import { changedParts } from './history.ts';
import { shortDigest, takeName } from './name-registry.ts';
import { raisedCalls } from './raised-calls.ts';

const SEPARATOR = '__';

/** A tool as the client knows it. */
interface Origin {
  readonly namespace: string;
  readonly name: string;
}

/** Namespaces as part of the names, where the target has none (G39). */
export const namespaceTools: Pass = (request, { traits, losses, traces }) => {
  if (traits.namespaceTools) return { request };
  if (traces?.namespaces === false && !isOffered(request)) return { request };
  const flat = flatNames(request);
  if (flat.byOrigin.size === 0) return { request };
  const told = new Set<string>();
  const tools = request.tools.map((tool, index) => {
    if (tool.namespace === undefined) return tool;
    const namespace = tool.namespace.name;
    if (!told.has(namespace)) {
      told.add(namespace);
      losses.add({
        path: `tools[${index}]`,
        feature: 'namespace-tool',
        action: 'emulated',
        severity: 'hint',
        note: `The tools of the namespace "${namespace}" are offered under names that begin with it.`,
      });
    }
    return withFlatName(tool, flat.nameOf(namespace, tool.name));
  });
  const turns = changedParts(request.turns, (part) => {
    if (part.type !== 'tool-call' || part.namespace === undefined) return part;
    const { namespace, ...rest } = part;
    return { ...rest, name: flat.nameOf(namespace, part.name) };
  });
  const toolChoice = flatChoice(request.toolChoice, flat);
  const changed: ChatRequest = {
    ...request,
    tools,
    turns,
    ...(toolChoice === undefined ? {} : { toolChoice }),
  };
  return { request: changed, raise: raisedCalls((call) => restored(call, flat)) };
};

function isOffered({ tools, toolChoice }: ChatRequest): boolean {
  if (toolChoice?.mode === 'tool' && toolChoice.namespace !== undefined) return true;
  return tools.some(({ namespace }) => namespace !== undefined);
}

/** Every namespaced tool of a request and its flat name. */
interface FlatNames {
  readonly byOrigin: ReadonlyMap<string, string>;
  readonly byFlat: ReadonlyMap<string, Origin>;
  /** Bare names that are unique among the namespaces and belong to no tool outside of them. */
  readonly byBare: ReadonlyMap<string, Origin>;
  nameOf(namespace: string, name: string): string;
}

/** Offered tools come first, so that their names stay the same as the conversation grows. */
function flatNames(request: ChatRequest): FlatNames {
  const plain = new Set<string>();
  const origins: Origin[] = [];
  for (const { namespace, name } of request.tools) {
    if (namespace === undefined) plain.add(name);
    else origins.push({ namespace: namespace.name, name });
  }
  const offered = origins.length;
  for (const { parts } of request.turns)
    for (const part of parts) {
      if (part.type !== 'tool-call') continue;
      if (part.namespace === undefined) plain.add(part.name);
      else origins.push({ namespace: part.namespace, name: part.name });
    }
  const { toolChoice } = request;
  if (toolChoice?.mode === 'tool' && toolChoice.namespace !== undefined)
    origins.push({ namespace: toolChoice.namespace, name: toolChoice.name });

  const taken = new Set(plain);
  const byOrigin = new Map<string, string>();
  const byFlat = new Map<string, Origin>();
  for (const origin of origins) {
    const key = keyOf(origin.namespace, origin.name);
    if (byOrigin.has(key)) continue;
    const name = takeName(taken, (attempt) => candidate(origin, attempt));
    byOrigin.set(key, name);
    byFlat.set(name, origin);
  }
  return {
    byOrigin,
    byFlat,
    byBare: bareNames(origins.slice(0, offered), plain),
    nameOf: (namespace, name) => byOrigin.get(keyOf(namespace, name)) ?? name,
  };
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}\n${name}`;
}

function candidate({ namespace, name }: Origin, attempt: number): string {
  const flat = namespace.endsWith(SEPARATOR) ? namespace + name : namespace + SEPARATOR + name;
  return attempt === 0 ? flat : `${flat}_${shortDigest(`${keyOf(namespace, name)}\n${attempt}`)}`;
}

function bareNames(offered: readonly Origin[], plain: ReadonlySet<string>): Map<string, Origin> {
  const bare = new Map<string, Origin>();
  const ambiguous = new Set<string>();
  for (const origin of offered) {
    const other = bare.get(origin.name);
    if (other !== undefined && other.namespace !== origin.namespace) ambiguous.add(origin.name);
    bare.set(origin.name, origin);
  }
  for (const name of [...ambiguous, ...plain]) bare.delete(name);
  return bare;
}

function withFlatName(tool: ToolDefinition, name: string): ToolDefinition {
  const { namespace, description, ...rest } = tool;
  const said = [namespace?.description, description].filter((text) => text !== undefined && text !== '');
  return { ...rest, name, ...(said.length === 0 ? {} : { description: said.join('\n\n') }) };
}

function flatChoice(choice: ToolChoice | undefined, flat: FlatNames): ToolChoice | undefined {
  if (choice?.mode === 'subset')
    return { ...choice, names: choice.names.map((name) => flatBare(name, flat)) };
  if (choice?.mode !== 'tool') return choice;
  const { namespace, ...rest } = choice;
  return {
    ...rest,
    name: namespace === undefined ? flatBare(choice.name, flat) : flat.nameOf(namespace, choice.name),
  };
}

/** The flat name of a tool that was named without its namespace. */
function flatBare(name: string, flat: FlatNames): string {
  const origin = flat.byBare.get(name);
  return origin === undefined ? name : flat.nameOf(origin.namespace, origin.name);
}

function restored(call: ToolCallPart, flat: FlatNames): ToolCallPart {
  if (call.namespace !== undefined) return call;
  const origin = flat.byFlat.get(call.name) ?? flat.byBare.get(call.name);
  return origin === undefined ? call : { ...call, name: origin.name, namespace: origin.namespace };
}
