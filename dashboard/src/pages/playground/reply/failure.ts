// Errors in the words of the four formats, which have the same members in different places.

import { type JsonObject, objectOf, textOf } from '../wire/json.ts';
import type { ReplyFailure } from './reply.ts';

/** The error that a body or an event tells; undefined where it tells none. */
export function failureIn(json: JsonObject): ReplyFailure | undefined {
  const error = json['error'];
  if (typeof error === 'string') return { message: error };
  const told = objectOf(error) ?? (json['type'] === 'error' ? json : undefined);
  if (told === undefined) return undefined;
  return failureOf(told);
}

/** An error by its members. */
export function failureOf(error: JsonObject): ReplyFailure {
  const { message, type, code, status } = error;
  // Gemini has a number for its code, and the word for it in "status".
  const word = textOf(code) ?? textOf(status);
  const kind = textOf(type);
  return {
    message: textOf(message) ?? JSON.stringify(error),
    ...(kind === undefined || kind === 'error' ? {} : { type: kind }),
    ...(word === undefined ? {} : { code: word }),
  };
}
