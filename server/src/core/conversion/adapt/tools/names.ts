// Names of tools that the target would refuse, because of their length or their characters: they are renamed in tools,
// history and choice alike, and get their own names back in the answer.

import type { ChatRequest, ToolChoice } from '../../../model/request.ts';
import type { ModelTraits } from '../../../model/traits.ts';
import type { Pass } from '../../adapt.ts';
import type { Traces } from '../traces.ts';
import { changedList, changedParts } from './history.ts';
import { DIGEST_LENGTH, shortDigest, takeName } from './name-registry.ts';
import { raisedCalls } from './raised-calls.ts';

/** Names within `traits.toolName` (G56). */
export const toolNames: Pass = (request, { traits, losses, traces }) => {
  const rule = ruleOf(traits);
  const reserved = reservedNames(request, traits);
  const taken = new Set(reserved);
  const illegal: string[] = [];
  for (const name of usedNames(request, reserved, traces)) {
    if (rule.isLegal(name) && !reserved.has(name)) taken.add(name);
    else illegal.push(name);
  }
  if (illegal.length === 0) return { request };
  const renamed = new Map<string, string>();
  const originals = new Map<string, string>();
  for (const name of illegal) {
    const legal = takeName(taken, (attempt) => rule.legalised(name, attempt));
    renamed.set(name, legal);
    originals.set(legal, name);
  }
  const to = (name: string) => renamed.get(name) ?? name;
  const tools = changedList(request.tools, (tool) => {
    const name = to(tool.name);
    return tool.kind === 'hosted' || name === tool.name ? tool : { ...tool, name };
  });
  for (const [index, tool] of request.tools.entries())
    if (tools[index] !== tool)
      losses.add({
        path: `tools[${index}].name`,
        feature: 'tool-name',
        action: 'emulated',
        severity: 'hint',
        note: `The model knows the tool "${tool.name}" as "${to(tool.name)}".`,
      });
  const turns = changedParts(request.turns, (part) => {
    if (part.type === 'tool-call' || (part.type === 'tool-result' && part.name !== undefined)) {
      const name = to(part.name ?? '');
      return name === part.name ? part : { ...part, name };
    }
    return part;
  });
  const toolChoice = renamedChoice(request.toolChoice, to);
  const changed: ChatRequest = {
    ...request,
    tools,
    turns,
    ...(toolChoice === undefined ? {} : { toolChoice }),
  };
  const raise = raisedCalls((call) => {
    const name = originals.get(call.name);
    return name === undefined ? call : { ...call, name };
  });
  return { request: changed, raise };
};

/**
 * All names of tools that are not hosted, those on offer first: their new names then depend on nothing else. Elsewhere
 * a reserved name means the hosted tool, unless another tool of that name is on offer.
 */
function usedNames(
  { tools, turns, toolChoice }: ChatRequest,
  reserved: ReadonlySet<string>,
  traces: Traces | undefined,
): Set<string> {
  const used = new Set<string>();
  for (const tool of tools) if (tool.kind !== 'hosted') used.add(tool.name);
  const mention = (name: string) => {
    if (!reserved.has(name)) used.add(name);
  };
  if (toolChoice?.mode === 'tool') mention(toolChoice.name);
  if (traces?.namespaces === false) {
    for (const name of traces.names) mention(name);
    return used;
  }
  for (const { parts } of turns)
    for (const part of parts) {
      if (part.type === 'tool-call') mention(part.name);
      else if (part.type === 'tool-result' && part.name !== undefined) mention(part.name);
    }
  return used;
}

/** In anthropic-messages hosted tools have names too, and no two tools may have the same. */
function reservedNames({ tools }: ChatRequest, { dialect }: ModelTraits): Set<string> {
  if (dialect !== 'anthropic-messages') return new Set();
  return new Set(tools.filter((tool) => tool.kind === 'hosted').map((tool) => tool.name));
}

interface NameRule {
  isLegal(name: string): boolean;
  /** A legal name that resembles the given one; a different one for every attempt. */
  legalised(name: string, attempt: number): string;
}

/** There are few rules, and expressions that were used before are faster. */
const rules = new Map<string, NameRule>();

/** An operator's own rules are few as well; should they change without end, the oldest ones are made again. */
const MOST_RULES = 64;

function ruleOf(traits: ModelTraits): NameRule {
  const key = `${traits.dialect} ${traits.toolName.maxLength} ${traits.toolName.punctuation}`;
  const known = rules.get(key);
  if (known !== undefined) return known;
  if (rules.size >= MOST_RULES) rules.clear();
  const rule = madeRule(traits);
  rules.set(key, rule);
  return rule;
}

function madeRule({ toolName: { maxLength, punctuation }, dialect }: ModelTraits): NameRule {
  const listed = punctuation.replace(/[\\\]^-]/g, '\\$&');
  const illegal = new RegExp(`[^A-Za-z0-9${listed}]`);
  const everyIllegal = new RegExp(illegal, 'g');
  // https://ai.google.dev/api/caching#FunctionDeclaration: "must start with a letter or an underscore".
  const beginning = dialect === 'gemini' ? /^[A-Za-z_]/ : /^./;
  const filler = punctuation.includes('_') ? '_' : punctuation.charAt(0);
  return {
    isLegal: (name) => name.length <= maxLength && beginning.test(name) && !illegal.test(name),
    legalised(name, attempt) {
      const cleaned = name.replace(everyIllegal, filler);
      const base = beginning.test(cleaned) ? cleaned : `t${filler}${cleaned}`;
      const tail = filler + shortDigest(attempt === 0 ? name : `${name}\n${attempt}`);
      return base.slice(0, Math.max(1, maxLength - DIGEST_LENGTH - filler.length)) + tail;
    },
  };
}

function renamedChoice(choice: ToolChoice | undefined, to: (name: string) => string): ToolChoice | undefined {
  if (choice?.mode === 'tool') return { ...choice, name: to(choice.name) };
  if (choice?.mode === 'subset') return { ...choice, names: choice.names.map(to) };
  return choice;
}
