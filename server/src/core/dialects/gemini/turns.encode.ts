// The conversation as `contents`: user and model in turn, results of parallel calls together, instructions apart.
// https://ai.google.dev/gemini-api/docs/function-calling

import type { Part, ToolResultPart } from '../../model/content.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Turn } from '../../model/request.ts';
import { gathered } from '../../model/turns.ts';
import { encodePart } from './content.encode.ts';
import { type Called, createCalled, encodeResult } from './results.encode.ts';
import { SENTINEL } from './thought-signature.ts';
import { withExt } from './wire.read.ts';
import { extFor, type Writing } from './writing.ts';

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
  turns.forEach((turn, at) => {
    switch (turn.role) {
      case 'system':
      case 'developer': {
        const parts = turn.parts.flatMap((part) => encodePart(writing, part));
        if (contents.length === 0) {
          instructions.push(...parts);
          instructionExt ??= extFor(writing, turn.ext);
        } else contents.push(...content(writing, turn, 'user', lateInstruction(writing, parts)));
        return;
      }
      case 'assistant':
        contents.push(...content(writing, turn, 'model', modelParts(writing, turn, called, at > current)));
        return;
      default:
        contents.push(...userContents(writing, turn, called));
    }
  });
  if (instructions.length === 0) return { contents };
  // Instructions alone are nothing to answer.
  if (contents.length === 0) return { contents: [instructionsAlone(writing, instructions)] };
  return { contents, systemInstruction: withExt({ role: 'user', parts: instructions }, instructionExt) };
}

/** Turns without parts vanish. */
function content(writing: Writing, turn: Turn, role: string, parts: readonly JsonObject[]): JsonObject[] {
  return parts.length === 0 ? [] : [withExt({ role, parts }, extFor(writing, turn.ext))];
}

/** The last turn in which the user speaks, not just a tool: calls after it belong to the current turn. */
function currentTurn(turns: readonly Turn[]): number {
  return turns.findLastIndex(
    (turn) => turn.role === 'user' && !turn.parts.some((part) => part.type === 'tool-result'),
  );
}

function modelParts(writing: Writing, turn: Turn, called: Called, isCurrent: boolean): JsonObject[] {
  let isFirst = true;
  return turn.parts.flatMap((part) => {
    const wires = encodePart(writing, part);
    if (part.type !== 'tool-call') return wires;
    called.add(part.id, part.name);
    const needs = isFirst && isCurrent && part.token === undefined && writing.traits.needsCallSignature;
    isFirst = false;
    if (!needs) return wires;
    writing.losses.add({
      path: 'messages',
      feature: 'call-signature',
      action: 'defaulted',
      severity: 'hint',
      note: 'A call of the current turn has no signature of Gemini; the documented placeholder is sent.',
    });
    return wires.map((wire) => ({ ...wire, thoughtSignature: SENTINEL }));
  });
}

/**
 * What the user and the tools say. Responses stand together in the order of the calls and alone: parts beside them break
 * parallel calls in models before Gemini 3.
 */
function userContents(writing: Writing, turn: Turn, called: Called): JsonObject[] {
  const isResult = (part: Part): part is ToolResultPart => part.type === 'tool-result';
  const results = turn.parts.filter(isResult);
  if (results.length === 0)
    return content(
      writing,
      turn,
      'user',
      turn.parts.flatMap((part) => encodePart(writing, part)),
    );
  const after: JsonObject[] = [];
  const write = (part: ToolResultPart): JsonObject => {
    const encoded = encodeResult(writing, part, called);
    after.push(...encoded.after);
    return encoded.part;
  };
  if (writing.own) {
    const parts = turn.parts.flatMap((part) => (isResult(part) ? [write(part)] : encodePart(writing, part)));
    return [
      ...content(writing, turn, 'user', parts),
      ...content(writing, { ...turn, ext: {} }, 'user', after),
    ];
  }
  const ordered = results.toSorted((a, b) => called.order(a.callId) - called.order(b.callId));
  const responses = ordered.map(write);
  const others = turn.parts.flatMap((part) => (isResult(part) ? [] : encodePart(writing, part)));
  return [
    ...content(writing, turn, 'user', responses),
    ...content(writing, turn, 'user', [...after, ...others]),
  ];
}

/** Instructions that come later than the rest of them have no place of their own. */
function lateInstruction(writing: Writing, parts: readonly JsonObject[]): JsonObject[] {
  if (parts.length === 0) return [];
  writing.losses.add({
    path: 'messages',
    feature: 'late-system',
    action: 'approximated',
    severity: 'quality',
    note: 'An instruction inside of the conversation is sent as words of the user.',
  });
  return [{ text: '<system>' }, ...parts, { text: '</system>' }];
}

function instructionsAlone(writing: Writing, parts: readonly JsonObject[]): JsonObject {
  writing.losses.add({
    path: 'messages',
    feature: 'system-only',
    action: 'approximated',
    severity: 'quality',
    note: 'A conversation of instructions alone is sent as words of the user.',
  });
  return { role: 'user', parts };
}
