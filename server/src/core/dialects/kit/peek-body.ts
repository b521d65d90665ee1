// The steps that the dialects' peeks share: validate the body, find members, and say in words what is wrong with them.

import type { Bytes } from '../../bytes.ts';
import {
  type Found,
  NOT_AN_OBJECT,
  type ObjectScan,
  scanObject,
  stringAt,
  type Wanted,
} from '../../json/scan.ts';
import { type SluiceError, sluiceError } from '../../model/error.ts';
import type { ModelGap, Peeked } from '../dialect.ts';

/** Longer names are refused: the name goes into logs, headers and ledger rows. */
export const MODEL_NAME_LIMIT = 512;

const LF = 0x0a;
const CONTROL_CHARACTER = /[\x00-\x1f\x7f]/;

const KIND_WORDS: Readonly<Record<Found['kind'], string>> = {
  string: 'a string',
  number: 'a number',
  true: 'true',
  false: 'false',
  null: 'null',
  object: 'an object',
  array: 'an array',
};

/** Tells an error from what was asked for. */
export function isError(result: object): result is SluiceError {
  return 'code' in result;
}

/** Validates a request body and finds members in it; an error where it is not one JSON object. */
export function scanBody(body: Bytes, wanted: readonly Wanted[]): ObjectScan | SluiceError {
  const scan = scanObject(body, wanted);
  if (scan.ok) return scan;
  if (scan.reason === NOT_AN_OBJECT) {
    return sluiceError('invalid_request', 'The request body must be a JSON object.');
  }
  const place = placeOf(body, scan.at);
  return sluiceError('invalid_json', `The request body is not acceptable JSON: ${scan.reason} at ${place}.`);
}

/** Line and column (in bytes, both from 1) of an offset, for people. */
function placeOf(body: Bytes, at: number): string {
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < at && i < body.length; i++) {
    if (body[i] !== LF) continue;
    line++;
    lineStart = i + 1;
  }
  return `line ${line}, column ${at - lineStart + 1} (byte ${at})`;
}

/** An error unless the member is absent or of one of the kinds; `expected` says them in words ("an array"). */
export function wrongKind(
  found: Found | undefined,
  param: string,
  kinds: readonly Found['kind'][],
  expected: string,
): SluiceError | undefined {
  if (found === undefined || kinds.includes(found.kind)) return undefined;
  return sluiceError('invalid_request', `'${param}' must be ${expected}, not ${KIND_WORDS[found.kind]}.`, {
    param,
  });
}

/**
 * The model that a body names. Missing, null and `""` give the empty name, with the place where one can be put in;
 * `required`: that is not yet a request that can be sent.
 */
export function readModel(
  body: Bytes,
  { start, empty }: Pick<ObjectScan, 'start' | 'empty'>,
  found: Found | undefined,
  required: boolean,
): Pick<Peeked, 'model' | 'modelSpan' | 'modelGap' | 'needsNoModel'> | SluiceError {
  const optional = required ? {} : { needsNoModel: true as const };
  if (found === undefined) {
    const at = start + 1;
    const modelGap: ModelGap = { start: at, end: at, before: '"model":', after: empty ? '' : ',' };
    return { model: '', modelGap, ...optional };
  }
  const wrong = wrongKind(found, 'model', ['string', 'null'], 'a string');
  if (wrong !== undefined) return wrong;
  const name = found.kind === 'null' ? '' : checkModelName(stringAt(body, found));
  if (typeof name !== 'string') return name;
  const span = { start: found.start, end: found.end };
  if (name === '') return { model: '', modelGap: { ...span, before: '', after: '' }, ...optional };
  return { model: name, modelSpan: span };
}

/** A model's name as it may be used, or what is wrong with it. The empty one is none, and is for others to judge. */
export function checkModelName(name: string): string | SluiceError {
  if (name.length > MODEL_NAME_LIMIT) {
    return sluiceError('invalid_request', `'model' is longer than ${MODEL_NAME_LIMIT} characters.`, {
      param: 'model',
    });
  }
  if (CONTROL_CHARACTER.test(name)) {
    return sluiceError('invalid_request', `'model' contains a control character.`, { param: 'model' });
  }
  return name;
}

/** Whether a body asks for a stream: true; false, null or nothing at all. */
export function readStream(found: Found | undefined): boolean | SluiceError {
  return wrongKind(found, 'stream', ['true', 'false', 'null'], 'true or false') ?? found?.kind === 'true';
}
