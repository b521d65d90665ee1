// The question behind "where would this request go?", as the operator puts it.

import { DIALECT_IDS, type DialectId } from '../../core/model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import { isObject, type JsonObject, parseJson } from '../../core/model/json.ts';

/** A request that is not sent, as far as it matters where it would go. */
export interface Question {
  readonly model: string;
  readonly dialect: DialectId;
  /** Id of the client that would ask. */
  readonly client: string | undefined;
  readonly stream: boolean;
  /** The conversation it would belong to. */
  readonly conversation: string | undefined;
  /** About how many tokens it would count for. */
  readonly tokens: number | undefined;
}

/** Reads a question; what is wrong with it instead. */
export function readQuestion(text: string): Question | SluiceError {
  const value = parseJson(text);
  if (!isObject(value)) return sluiceError('invalid_json', 'The body must be a JSON object.');
  const members = ['model', 'dialect', 'client', 'stream', 'conversation', 'tokens'];
  const unknown = Object.keys(value).find((name) => !members.includes(name));
  if (unknown !== undefined) return wrong(unknown.slice(0, 50), `is not one of ${members.join(', ')}`);
  const { model, dialect = 'openai-chat', stream = false, tokens } = value;
  if (typeof model !== 'string' || model === '' || model.length > 512)
    return wrong('model', 'must be the name of a model');
  const known = DIALECT_IDS.find((id) => id === dialect);
  if (known === undefined) return wrong('dialect', `must be one of ${DIALECT_IDS.join(', ')}`);
  if (typeof stream !== 'boolean') return wrong('stream', 'must be true or false');
  if (tokens !== undefined && (typeof tokens !== 'number' || !Number.isFinite(tokens) || tokens < 0))
    return wrong('tokens', 'must be a number from 0');
  const client = textIn(value, 'client');
  if (client === null) return wrong('client', 'must be the id of a client');
  const conversation = textIn(value, 'conversation');
  if (conversation === null) return wrong('conversation', 'must be a text');
  return { model, dialect: known, client, stream, conversation, tokens };
}

/** True for a question, false for an error. */
export function isQuestion(question: Question | SluiceError): question is Question {
  return !('code' in question);
}

/** A text of at most 512 characters; null: it is something else. */
function textIn(value: JsonObject, name: string): string | null | undefined {
  const text = value[name];
  if (text === undefined) return undefined;
  return typeof text === 'string' && text !== '' && text.length <= 512 ? text : null;
}

function wrong(member: string, what: string): SluiceError {
  return sluiceError('invalid_request', `"${member}" ${what}.`, { param: member });
}
