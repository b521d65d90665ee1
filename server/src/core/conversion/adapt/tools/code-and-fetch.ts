// Running code and fetching pages, in the words of each format that has them. There is nothing to configure that two of
// them have in common.

import type { DialectId } from '../../../model/dialect-id.ts';
import { type JsonObject, objectOf } from '../../../model/json.ts';
import type { HostedTool } from '../../../model/request.ts';
import { type Rewritten, type Unsaid, unsaidOf } from './rewritten.ts';

interface Words {
  readonly name: string;
  readonly type: string;
  readonly config: JsonObject;
}

const CODE: Readonly<Partial<Record<DialectId, Words>>> = {
  'openai-responses': {
    name: 'code_interpreter',
    type: 'code_interpreter',
    config: { type: 'code_interpreter', container: { type: 'auto' } },
  },
  'anthropic-messages': {
    name: 'code_execution',
    type: 'code_execution_20250825',
    config: { type: 'code_execution_20250825', name: 'code_execution' },
  },
  gemini: { name: 'codeExecution', type: 'codeExecution', config: { codeExecution: {} } },
};

const FETCH: Readonly<Partial<Record<DialectId, Words>>> = {
  'anthropic-messages': {
    name: 'web_fetch',
    type: 'web_fetch_20250910',
    config: { type: 'web_fetch_20250910', name: 'web_fetch' },
  },
  gemini: { name: 'urlContext', type: 'urlContext', config: { urlContext: {} } },
};

/** Running code in the words of another format; undefined where it has none. */
export function codeExecution(hosted: HostedTool, target: DialectId): Rewritten | undefined {
  return rewritten(hosted, target, CODE[target]);
}

/** Fetching pages in the words of another format; undefined where it has none. */
export function webFetch(hosted: HostedTool, target: DialectId): Rewritten | undefined {
  return rewritten(hosted, target, FETCH[target]);
}

function rewritten(hosted: HostedTool, target: DialectId, words: Words | undefined): Rewritten | undefined {
  if (words === undefined) return undefined;
  const { name, type, config } = words;
  return { name, hosted: { dialect: target, does: hosted.does, type, config }, unsaid: unsaidHere(hosted) };
}

function unsaidHere({ dialect, type, config: whole }: HostedTool): Unsaid[] {
  const config = dialect === 'gemini' ? (objectOf(whole[type]) ?? {}) : whole;
  const container = objectOf(config['container']);
  const isFresh = container?.['type'] === 'auto' && Object.keys(container).length === 1;
  return unsaidOf(config, isFresh ? ['container'] : []);
}
