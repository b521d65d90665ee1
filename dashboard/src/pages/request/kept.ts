// What was kept of an exchange besides its row, as the page reads it.

import type { CaptureRecord, ExchangeView } from '../../../../server/src/admin/contract.ts';

/** The record; undefined where nothing was kept, or something of another shape. */
export function keptOf({ detail }: ExchangeView): CaptureRecord | undefined {
  const content = detail?.content;
  if (typeof content !== 'object' || content === null) return undefined;
  // The gateway wrote it, in this shape if it says so.
  return 'format' in content && content.format === 1 ? (content as CaptureRecord) : undefined;
}

/** What formats are called. */
const FORMATS: Readonly<Record<string, string>> = {
  'openai-chat': 'OpenAI Chat',
  'openai-responses': 'OpenAI Responses',
  'anthropic-messages': 'Anthropic Messages',
  gemini: 'Gemini',
};

/** The name of a format. */
export function formatName(dialect: string): string {
  return FORMATS[dialect] ?? dialect;
}

/** True where the request went out in another format than it came in. */
export function isConverted({ dialectIn, dialectOut }: ExchangeView): boolean {
  return dialectIn !== undefined && dialectOut !== undefined && dialectIn !== dialectOut;
}
