// Whether a request that was refused for its tokens had any. Without any, the same request would be refused again.

import type { Part } from '../core/model/content.ts';
import type { Exchange, Target } from './context.ts';
import { needsConversion } from './convert/prepare.ts';

/** Names of the members that tokens stand in: "signature" and "thoughtSignature" share their end. */
const SLOTS: readonly string[] = [
  'ignature"',
  'encrypted_content"',
  'redacted_thinking"',
  'reasoning_details"',
  'reasoning_content"',
];

/** True when what the target was sent may have held tokens, or reasoning that it takes for unproven. */
export function mayCarryTokens(exchange: Exchange, target: Target): boolean {
  if (exchange.use !== 'generate') return false;
  if (!needsConversion(exchange, target, false)) return SLOTS.some((name) => exchange.body.includes(name));
  if (exchange.recollection.recalled !== undefined && exchange.recollection.recalled.size > 0) return true;
  const request = exchange.decoded();
  if ('code' in request) return false;
  return request.turns.some(({ parts }) => parts.some(isCarrier));
}

function isCarrier(part: Part): boolean {
  if (part.type === 'reasoning' || part.token !== undefined) return true;
  return part.type === 'tool-result' && part.content.some(isCarrier);
}
