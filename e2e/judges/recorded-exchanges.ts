// Recorded exchanges with what was asked, who answered, and as which model: what the judges need beside the bytes.

import { readFileSync } from 'node:fs';
import type { DialectId } from '../../server/src/core/model/dialect-id.ts';
import { isObject, type JsonObject } from '../../server/src/core/model/json.ts';
import { type Recorded, recordedAnswers } from '../../server/test/conformance/recorded.ts';
import { sharedPath } from '../../server/test/kit/shared-data.ts';

/** One recorded exchange about a conversation. */
export interface RecordedExchange {
  readonly name: string;
  readonly dialect: DialectId;
  /** Provider id as the configuration has it. */
  readonly provider: string;
  /** '' where the recording does not tell. */
  readonly model: string;
  /** Absent where only the answer was kept. */
  readonly request: JsonObject | undefined;
  readonly answer: Recorded;
}

const PROVIDERS: readonly (readonly [pattern: RegExp, provider: string])[] = [
  [/api\.deepseek\.com|^deepseek\//, 'deepseek'],
  [/api\.groq\.com|^groq\//, 'groq'],
  [/api\.mistral\.ai|^mistral\//, 'mistral'],
  [/openrouter\.ai|^openrouter\//, 'openrouter'],
  [/api\.x\.ai|^xai\//, 'xai'],
  [/api\.z\.ai/, 'zai'],
  [/ollama\.com/, 'ollama'],
  [/azure|openllmetry-testing/, 'azure-openai'],
  [/googleapis\.com|^gemini/, 'gemini'],
  [/^anthropic\//, 'anthropic'],
];

/** All exchanges that are about conversations, errors included; empty where there are no recordings. */
export function recordedExchanges(): readonly RecordedExchange[] {
  return recordedAnswers()
    .filter(({ url }) => !/embed|count_tokens|input_tokens|cachedContents|\/v1beta\/models$/i.test(url))
    .map((answer) => {
      const { name, dialect, url } = answer;
      const request = requestOf(name);
      const told = request?.['model'] ?? /models\/([^/:]+):/.exec(url)?.[1] ?? '';
      const provider = PROVIDERS.find(([pattern]) => pattern.test(url) || pattern.test(name))?.[1];
      return { name, dialect, provider: provider ?? 'openai', model: String(told), request, answer };
    });
}

const cassettes = new Map<string, { readonly exchanges: readonly { readonly request: unknown }[] }>();

function requestOf(name: string): JsonObject | undefined {
  const [file = '', at = ''] = name.split('#');
  const cassette =
    cassettes.get(file) ?? JSON.parse(readFileSync(sharedPath(`formats/fixtures/${file}`) ?? '', 'utf8'));
  cassettes.set(file, cassette);
  const request: unknown = cassette.exchanges[Number(at)]?.request;
  if (!isObject(request)) return undefined;
  const body: unknown = typeof request['body'] === 'string' ? JSON.parse(request['body']) : request['body'];
  return isObject(body) ? body : undefined;
}
