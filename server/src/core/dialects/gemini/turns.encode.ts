// The conversation as `contents`: user and model in turn, results of parallel calls together, instructions apart.
// https://ai.google.dev/gemini-api/docs/function-calling

import type { Part } from '../../model/content.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Turn } from '../../model/request.ts';
import { gathered } from '../../model/turns.ts';
import { addPart, encodeParts } from './content.encode.ts';
import { type Called, createCalled, encodeResult } from './results.encode.ts';
import { SENTINEL } from './thought-signature.ts';
import { withExt } from './wire.read.ts';
import { dropped, extFor, type Writing } from './writing.ts';

/** The conversation on the wire. */
export interface EncodedTurns {
  readonly contents: readonly JsonObject[];
  readonly systemInstruction?: JsonObject;
}

/** Writes turns. Those of this format keep their form; others are gathered into whole messages first. */
export function encodeTurns(writing: Writing, given: readonly Turn[]): EncodedTurns {
  const turns = writing.own ? given : gathered(given);
  const called = createCalled();
  const current = currentTurn(turns);
  const contents: JsonObject[] = [];
  const instructions: JsonObject[] = [];
  let instructionExt: JsonObject | undefined;
  for (let at = 0; at < turns.length; at++) {
    const turn = turns[at];
    if (turn === undefined) continue;
    if (!writing.own && turn.name !== undefined)
      dropped(writing, writing.turnsAt, 'participant-name', 'hint', 'Participants have no names here.');
    if (turn.role === 'assistant')
      addContent(writing, turn, 'model', modelParts(writing, turn, called, at > current), contents);
    else if (turn.role === 'user') addUser(writing, turn, called, contents);
    else if (contents.length > 0)
      addContent(writing, turn, 'user', lateInstruction(writing, encodeParts(writing, turn.parts)), contents);
    else {
      for (const part of turn.parts) addPart(writing, part, instructions);
      instructionExt ??= extFor(writing, turn.ext);
    }
  }
  if (instructions.length === 0) return { contents };
  // Instructions alone are nothing to answer.
  if (contents.length === 0) return { contents: [instructionsAlone(writing, instructions)] };
  return { contents, systemInstruction: withExt({ role: 'user', parts: instructions }, instructionExt) };
}

/** Turns without parts vanish. */
function addContent(
  writing: Writing,
  turn: Turn,
  role: string,
  parts: readonly JsonObject[],
  contents: JsonObject[],
): void {
  if (parts.length > 0) contents.push(withExt({ role, parts }, extFor(writing, turn.ext)));
}

/** The last turn in which the user speaks, not just a tool: calls after it belong to the current turn. */
function currentTurn(turns: readonly Turn[]): number {
  return turns.findLastIndex(
    (turn) =>
      turn.role === 'user' &&
      turn.parts.length > 0 &&
      !turn.parts.some((part) => part.type === 'tool-result'),
  );
}

function modelParts(writing: Writing, turn: Turn, called: Called, isCurrent: boolean): JsonObject[] {
  const wires: Record<string, unknown>[] = [];
  let needs = isCurrent && writing.traits.needsCallSignature;
  for (const part of turn.parts) {
    addPart(writing, part, wires);
    if (part.type !== 'tool-call') continue;
    called.add(part.id, part.name);
    if (needs && part.token === undefined) sign(writing, wires);
    needs = false;
  }
  return wires;
}

/** Puts the documented placeholder on the last part, which was made just now. */
function sign(writing: Writing, wires: readonly Record<string, unknown>[]): void {
  const last = wires.at(-1);
  if (last === undefined) return;
  last['thoughtSignature'] = SENTINEL;
  if (writing.told.has(SENTINEL)) return;
  writing.told.add(SENTINEL);
  writing.losses.add({
    path: writing.turnsAt,
    feature: 'call-signature',
    action: 'defaulted',
    severity: 'hint',
    note: 'A call of the current turn has no signature of Gemini; the documented placeholder is sent.',
  });
}

/**
 * What the user and the tools say. Responses stand together in the order of the calls and alone: parts beside them break
 * parallel calls in models before Gemini 3.
 */
function addUser(writing: Writing, turn: Turn, called: Called, contents: JsonObject[]): void {
  const responses: JsonObject[] = [];
  const others: JsonObject[] = [];
  const after: JsonObject[] = [];
  for (const part of writing.own ? turn.parts : inOrderOfCalls(turn.parts, called))
    if (part.type !== 'tool-result') addPart(writing, part, writing.own ? responses : others);
    else responses.push(encodeResult(writing, part, called, after));
  addContent(writing, turn, 'user', responses, contents);
  if (writing.own) addContent(writing, { role: 'user', parts: [] }, 'user', after, contents);
  else if (after.length === 0) addContent(writing, turn, 'user', others, contents);
  else addContent(writing, turn, 'user', [...after, ...others], contents);
}

function inOrderOfCalls(parts: readonly Part[], called: Called): readonly Part[] {
  let last = -1;
  let isOrdered = true;
  for (const part of parts) {
    if (part.type !== 'tool-result') continue;
    const order = called.order(part.callId);
    if (order < last) isOrdered = false;
    last = order;
  }
  if (isOrdered) return parts;
  const results = parts.filter((part) => part.type === 'tool-result');
  results.sort((a, b) => called.order(a.callId) - called.order(b.callId));
  return [...results, ...parts.filter((part) => part.type !== 'tool-result')];
}

/** Instructions that come later than the rest of them have no place of their own. */
function lateInstruction(writing: Writing, parts: readonly JsonObject[]): JsonObject[] {
  if (parts.length === 0) return [];
  writing.losses.add({
    path: writing.turnsAt,
    feature: 'late-system',
    action: 'approximated',
    severity: 'quality',
    note: 'An instruction inside of the conversation is sent as words of the user.',
  });
  return [{ text: '<system>' }, ...parts, { text: '</system>' }];
}

function instructionsAlone(writing: Writing, parts: readonly JsonObject[]): JsonObject {
  writing.losses.add({
    path: writing.turnsAt,
    feature: 'system-only',
    action: 'approximated',
    severity: 'quality',
    note: 'A conversation of instructions alone is sent as words of the user.',
  });
  return { role: 'user', parts };
}
