// Answers in Gemini's format: https://ai.google.dev/gemini-api/docs/thought-signatures

import { type Json, toObject } from './json.ts';
import {
  type Asked,
  inputObject,
  opaque,
  pieces,
  THOUGHT_TOKENS,
  TURN_USAGE,
  type Turn,
  type Written,
} from './script.ts';

/** Writes a turn. Thoughts are shown only where the request includes them; a call carries its signature all the same. */
export function geminiAnswer(turn: Turn, asked: Asked, number: number): Written {
  const config = toObject(toObject(asked.body['generationConfig'])['thinkingConfig']);
  const shown = config['includeThoughts'] === true ? turn.thinks : undefined;
  const token = turn.thinks === undefined ? undefined : opaque('gemini', number);
  const signed = token === undefined ? {} : { thoughtSignature: token };
  const parts: Json[] = pieces(shown ?? '', 40).map((text) => ({ text, thought: true }));
  // Models before the third generation give their calls no ids.
  const id = /^gemini-3/.test(asked.model) ? `g${String(number).padStart(7, '0')}` : undefined;
  const call = turn.kind === 'text' ? undefined : { id, name: turn.name, input: inputObject(turn, asked) };
  if (turn.kind === 'text') {
    for (const text of pieces(turn.text)) parts.push({ text });
    parts.push({ text: '', ...signed });
  } else if (call !== undefined) {
    const named = { ...(id === undefined ? {} : { id }), name: call.name, args: call.input };
    parts.push({ functionCall: named, ...signed });
  }
  const thought = turn.thinks === undefined ? 0 : THOUGHT_TOKENS;
  const prompt = TURN_USAGE.input + TURN_USAGE.cacheRead;
  const tail = {
    usageMetadata: {
      promptTokenCount: prompt,
      cachedContentTokenCount: TURN_USAGE.cacheRead,
      candidatesTokenCount: TURN_USAGE.output,
      ...(thought > 0 ? { thoughtsTokenCount: thought } : {}),
      totalTokenCount: prompt + TURN_USAGE.output + thought,
    },
    modelVersion: asked.model,
    responseId: `resp-0${number}`,
  };
  const answer = (some: readonly Json[], last: boolean): Json => ({
    candidates: [
      { content: { parts: some, role: 'model' }, ...(last ? { finishReason: 'STOP' } : {}), index: 0 },
    ],
    ...tail,
  });
  return {
    events: parts.map(
      (part, index) => `data: ${JSON.stringify(answer([part], index === parts.length - 1))}\r\n\r\n`,
    ),
    body: answer(parts, true),
    issued: {
      dialect: 'gemini',
      number,
      call,
      thought: token === undefined ? undefined : { text: shown ?? '', token },
    },
  };
}
