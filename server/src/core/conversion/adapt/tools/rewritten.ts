// What putting a hosted tool into another format's words gives.

import { isFilled, type JsonObject } from '../../../model/json.ts';
import type { HostedTool } from '../../../model/request.ts';

/** A member of the definition that the other format has no word for. */
export interface Unsaid {
  readonly member: string;
  readonly severity: 'hint' | 'quality';
}

/** A hosted tool in the target's words. */
export interface Rewritten {
  readonly name: string;
  readonly hosted: HostedTool;
  readonly unsaid: readonly Unsaid[];
}

/** Says nothing about what the tool does, or is told elsewhere. */
const SILENT: ReadonlySet<string> = new Set(['type', 'name', 'cache_control']);

/** Without these the tool does the same, only in another manner. */
const HINTS: ReadonlySet<string> = new Set([
  'allowed_callers',
  'citations',
  'defer_loading',
  'dynamicRetrievalConfig',
  'response_inclusion',
  'search_content_types',
  'search_context_size',
  'server_description',
  'strict',
  'use_cache',
]);

/** The members of a definition besides those that were carried over. Empty ones say nothing; nor does what is true anyway. */
export function unsaidOf(config: JsonObject, carried: readonly string[]): Unsaid[] {
  return Object.keys(config)
    .filter((member) => !SILENT.has(member) && !carried.includes(member) && says(config[member]))
    .map(unsaid);
}

/** One member. */
export function unsaid(member: string): Unsaid {
  return { member, severity: HINTS.has(member) ? 'hint' : 'quality' };
}

function says(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return typeof value === 'object' ? isFilled(value) : true;
}

/** A copy without the members that are undefined. */
export function defined(members: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
