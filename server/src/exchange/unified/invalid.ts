// The 400 of the unified API: what is wrong, and what a right request looks like, for programs and for people.

import type { JsonObject } from '../../core/model/json.ts';
import { type Issue, issueTree } from './issues.ts';
import { ROLES } from './request.ts';

/** The body of the refusal. `providers`: the names that `provider` may have. */
export function invalidRequest(issues: readonly Issue[], providers: readonly string[]): JsonObject {
  return {
    error: 'Invalid request',
    details: issueTree(issues),
    expectedSchema: {
      structure: structure(providers),
      description: description(providers),
      example: {
        ...(providers[0] === undefined ? {} : { provider: providers[0] }),
        model: 'a-model',
        messages: [{ role: 'user', content: 'Hello' }],
      },
    },
  };
}

function structure(providers: readonly string[]): JsonObject {
  const part = { type: 'object', properties: { type: { type: 'string' } } };
  return {
    type: 'object',
    properties: {
      provider: { type: 'enum', options: providers, optional: true },
      model: { type: 'string' },
      messages: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            role: { type: 'enum', options: ROLES },
            content: { type: 'union', options: [{ type: 'string' }, { type: 'array', items: part }] },
          },
        },
      },
      stream: { type: 'boolean', optional: true },
      temperature: { type: 'number', optional: true },
      max_tokens: { type: 'number', optional: true },
    },
  };
}

function description(providers: readonly string[]): string {
  return [
    `provider: enum: ${providers.join(' | ')} (optional)`,
    'model: string',
    'messages: array of:',
    `  role: enum: ${ROLES.join(' | ')}`,
    '  content: string, or array of parts as in Chat Completions',
    'stream: boolean (optional)',
    'temperature: number (optional)',
    'max_tokens: number (optional)',
    'anything else that Chat Completions takes',
  ].join('\n');
}
