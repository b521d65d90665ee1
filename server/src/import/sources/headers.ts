// Headers that another gateway set or removed, as this one takes them.

import { secretWords } from '../../config/secret-words.ts';
import type { Fields } from '../fields.ts';
import { type PlanBuilder, type PlanMembers, type PlanValue, SecretText } from '../plan.ts';

/** Headers that the transport writes itself; the gateway that is imported from passed most of them over, too. */
const TRANSPORT =
  /^(?:connection|content-length|expect|host|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/;
const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Header name → text, or null to remove it. What cannot be sent is told. */
export function headersOf(plan: PlanBuilder, fields: Fields | undefined): PlanMembers {
  const headers = new Map<string, PlanValue>();
  const seen = new Set<string>();
  for (const name of fields?.names() ?? []) {
    const value = fields?.any(name) ?? null;
    const lower = name.toLowerCase();
    const fits = value === null || (typeof value === 'string' && VALUE.test(value));
    if (!NAME.test(name) || TRANSPORT.test(lower) || seen.has(lower) || !fits) {
      plan.missing(fields?.at(name.slice(0, 60)) ?? name, 'This header cannot be set, so it was left out.');
      continue;
    }
    seen.add(lower);
    headers.set(name, value === null ? null : headerValue(name, value));
  }
  return Object.fromEntries(headers);
}

function headerValue(name: string, value: string): PlanValue {
  return secretWords({ [name]: value }, []).length > 0 ? new SecretText(value) : value;
}
