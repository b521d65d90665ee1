// Turns of the model as `system` and `messages`. A request that came in this format keeps its messages as they were; one
// of another format is put together by the rules that the API enforces.
// https://docs.anthropic.com/en/api/messages, https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use

import type { Turn } from '../../model/request.ts';
import { gathered } from '../../model/turns.ts';
import { encodeContent } from './content.encode.ts';
import { lose, type Wire, type Writing } from './writing.ts';

/** The conversation on the wire. */
export interface Conversation {
  /** undefined: no instructions. */
  readonly system: string | readonly Wire[] | undefined;
  readonly messages: readonly Wire[];
}

/** Writes the turns. */
export function encodeTurns(writing: Writing): Conversation {
  return writing.own ? encodeOwn(writing) : encodeForeign(writing);
}

function isInstruction(turn: Turn): boolean {
  return turn.role === 'system' || turn.role === 'developer';
}

/** How many of the first turns are instructions that go into `system`. */
function leadingCount(turns: readonly Turn[], counts: (turn: Turn) => boolean): number {
  const end = turns.findIndex((turn) => !counts(turn));
  return end === -1 ? turns.length : end;
}

/** A leading system turn with `ext` came as a message; see MARKED. */
function encodeOwn(writing: Writing): Conversation {
  const { turns } = writing.request;
  const leading = leadingCount(turns, (turn) => isInstruction(turn) && turn.ext === undefined);
  const parts = turns.slice(0, leading).flatMap((turn) => turn.parts);
  const system = leading === 0 ? undefined : encodeContent(parts, writing);
  const messages: Wire[] = [];
  for (let at = leading; at < turns.length; at++) {
    const turn = turns[at];
    // Emptied on the way here.
    if (turn === undefined || (turn.parts.length === 0 && turn.ext === undefined)) continue;
    const role = turn.role === 'developer' ? 'system' : turn.role;
    const content = encodeContent(turn.parts, writing);
    messages.push(turn.ext === undefined ? { role, content } : { role, content, ...turn.ext });
  }
  return { system, messages };
}

function encodeForeign(writing: Writing): Conversation {
  const turns = gathered(writing.request.turns);
  const leading = leadingCount(turns, isInstruction);
  const system = turns.slice(0, leading).flatMap((turn) => blocksOf(turn, writing));
  const messages: Wire[] = [];
  for (const turn of turns.slice(leading)) addMessage(messages, turn, writing);
  trimEnd(messages, writing);
  return begun(system, messages, writing);
}

function blocksOf(turn: Turn, writing: Writing): readonly Wire[] {
  if (turn.name !== undefined) {
    lose(
      writing.losses,
      'dropped',
      'hint',
      writing.turnsAt,
      'participant-name',
      'Participants have no names here.',
    );
  }
  const content = encodeContent(turn.parts, writing);
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  if (!isInstruction(turn)) return blocks;
  const texts = blocks.filter((block) => block['type'] === 'text');
  if (texts.length < blocks.length) {
    const note = 'Instructions can hold text only.';
    lose(writing.losses, 'dropped', 'semantic', writing.turnsAt, 'system-media', note);
  }
  return texts;
}

/** Adds a turn as a message of its own, or to the message before it when what stood between them is gone. */
function addMessage(messages: Wire[], turn: Turn, writing: Writing): void {
  const blocks = blocksOf(turn, writing);
  if (blocks.length === 0) return;
  if (isInstruction(turn)) {
    addInstruction(messages, blocks, writing);
    return;
  }
  const last = messages.at(-1);
  if (last?.['role'] === turn.role) last['content'] = joined(contentOf(last), blocks);
  else messages.push({ role: turn.role, content: blocks });
}

/** Results stay before everything else that the user says. */
function joined(before: readonly Wire[], blocks: readonly Wire[]): readonly Wire[] {
  const all = [...before, ...blocks];
  const results = all.filter(isResult);
  return results.length === 0 ? all : [...results, ...all.filter((block) => !isResult(block))];
}

function isResult(block: Wire): boolean {
  return block['type'] === 'tool_result';
}

function addInstruction(messages: Wire[], blocks: readonly Wire[], writing: Writing): void {
  if (writing.traits.system === 'anywhere') {
    messages.push({ role: 'system', content: blocks });
    return;
  }
  const note = 'Instructions within the conversation are sent as words of the user.';
  lose(writing.losses, 'approximated', 'quality', writing.turnsAt, 'system-position', note);
  for (const block of blocks) block['text'] = `<system>\n${String(block['text'])}\n</system>`;
  const last = messages.at(-1);
  if (last?.['role'] === 'user') last['content'] = [...contentOf(last), ...blocks];
  else messages.push({ role: 'user', content: blocks });
}

function contentOf(message: Wire): readonly Wire[] {
  return Array.isArray(message['content']) ? message['content'] : [];
}

/** The API refuses an answer to be continued that ends in white space. */
function trimEnd(messages: Wire[], writing: Writing): void {
  const last = messages.at(-1);
  if (last?.['role'] !== 'assistant') return;
  const block = contentOf(last).at(-1);
  const text = block?.['type'] === 'text' ? block['text'] : undefined;
  if (block === undefined || typeof text !== 'string' || text === text.trimEnd()) return;
  block['text'] = text.trimEnd();
  const note = 'White space at the end of an answer to be continued is refused.';
  lose(writing.losses, 'approximated', 'hint', writing.turnsAt, 'trailing-space', note);
}

/** Asks for nothing: what the model is to do stands in the conversation. */
const OPENING = '[The conversation begins here.]';

/** The first message must be the user's. */
function begun(system: readonly Wire[], messages: Wire[], writing: Writing): Conversation {
  const instructions = system.length === 0 ? undefined : system;
  const first = messages[0];
  if (first === undefined && instructions !== undefined) {
    const note = 'A request of instructions alone is sent as words of the user.';
    lose(writing.losses, 'approximated', 'quality', writing.turnsAt, 'system-only', note);
    return { system: undefined, messages: [{ role: 'user', content: instructions }] };
  }
  if (first !== undefined && first['role'] !== 'user') {
    const note = `The first message must be the user’s: "${OPENING}" was put before the conversation.`;
    lose(writing.losses, 'defaulted', 'quality', writing.turnsAt, 'first-turn', note);
    messages.unshift({ role: 'user', content: [{ type: 'text', text: OPENING }] });
  }
  return { system: instructions, messages };
}

/** The most cache marks that one request may have. */
const MOST_MARKS = 4;

/** Takes off the first marks where there are too many: the last ones cover the most. */
export function limitMarks(writing: Writing, automatic: boolean): void {
  const spare = writing.marked.length + (automatic ? 1 : 0) - MOST_MARKS;
  if (writing.own || spare <= 0) return;
  for (const node of writing.marked.slice(0, spare)) delete node['cache_control'];
  const note = `A request may have ${MOST_MARKS} cache marks; the first ${spare} were left out.`;
  lose(writing.losses, 'dropped', 'hint', writing.turnsAt, 'cache-marks', note);
}

/**
 * True when the API would refuse thinking with a budget: results end the conversation, and the turn that asked for them
 * does not begin with thinking.
 */
export function lacksThinking(messages: readonly Wire[]): boolean {
  const results = messages.at(-1);
  const calls = messages.at(-2);
  if (results === undefined || calls === undefined || calls['role'] !== 'assistant') return false;
  if (!contentOf(results).some(isResult)) return false;
  const blocks = contentOf(calls);
  const first = blocks[0]?.['type'];
  if (first === 'thinking' || first === 'redacted_thinking') return false;
  return blocks.some((block) => block['type'] === 'tool_use');
}
