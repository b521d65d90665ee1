// The words by which vendors refuse: several say 400 of a bad key or 429 of an empty account, so their errors have to be
// read. Only what the vendor itself writes counts, never what it may have repeated of the request: a client must not be
// able to have a key put aside by its own words.

import { isObject, parseJson } from '../model/json.ts';

/** The members of error bodies in which a vendor speaks for itself. */
const TELLING: ReadonlySet<string> = new Set([
  'type',
  'code',
  'status',
  'reason',
  'message',
  'error',
  'detail',
  'title',
  'limit_source',
]);

const DEPTH_LIMIT = 6;
const PIECES_LIMIT = 40;
const PIECE_LIMIT = 500;
/** How much of a body that is not JSON is read. */
const PLAIN_LIMIT = 2000;

/** What an error body says of itself, one piece in a line; of a body that is not JSON its beginning, in one line. */
export function wordsOf(text: string): string {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) return inLine(text.slice(0, PLAIN_LIMIT));
  const pieces: string[] = [];
  gather(value, pieces, 0);
  return pieces.join('\n');
}

const inLine = (text: string): string => text.replace(/[\r\n\u2028\u2029]+/g, ' ');

function gather(value: unknown, pieces: string[], depth: number): void {
  if (depth > DEPTH_LIMIT || pieces.length >= PIECES_LIMIT) return;
  if (Array.isArray(value)) {
    for (const item of value.slice(0, PIECES_LIMIT)) gather(item, pieces, depth + 1);
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (pieces.length >= PIECES_LIMIT) return;
      if (typeof member !== 'string') gather(member, pieces, depth + 1);
      else if (TELLING.has(name)) pieces.push(inLine(member.slice(0, PIECE_LIMIT)));
    }
  }
}

/** In a 400 a code has to be the code, and a sentence has to begin so: the rest of it may be the client's own words. */
const BAD_KEY_400 =
  /^(?:API_KEY_INVALID|API_KEY_EXPIRED|invalid_api_key|account_deactivated)$|^(?:API key not valid|API key expired|Incorrect API key|Invalid API key|This organization has been disabled)/im;
const NO_CREDIT_400 =
  /^(?:insufficient_quota|billing_not_active|billing_hard_limit_reached)$|^(?:Your credit balance is too low|You have reached your specified API usage limits)/im;
const NOT_HERE_400 =
  /^(?:User location is not supported|Gemini API free tier is not available in your country)/im;

const BAD_KEY =
  /API_KEY_(?:INVALID|EXPIRED|SERVICE_BLOCKED)|CONSUMER_(?:INVALID|SUSPENDED)|invalid_api_key|account_deactivated|(?:incorrect|invalid|disabled) (?:x-)?api[ -]?key|api key.{0,40}(?:not valid|invalid|expired|disabled|revoked|blocked|suspended|leaked)|(?:account|organization|project) (?:has been|is|was) (?:disabled|deactivated|suspended|banned|denied)/i;
const NO_CREDIT =
  /insufficient[ _](?:quota|credits?|balance|funds)|billing_not_active|billing_hard_limit|credit balance is too low|exceeded_current_quota|enforced_spend_limit|openrouter_(?:credits|key_limit)|key limit exceeded|(?:prepayment )?credits (?:are|is) depleted|(?:used all|out of|not? have any|n['o]t have any) (?:available )?credits|spending limit|usage limits.{0,20}regain access/i;

/** Google says of any limit, a minute's too, that "you exceeded your current quota". */
const OWN_QUOTA_WORDS = /exceeded your current quota/i;
const GOOGLE = /RESOURCE_EXHAUSTED|ai\.google\.dev|googleapis\.com/;

/** Input that a filter did not let through. OpenRouter says 403 of it. */
const MODERATED = /\bflagged\b|moderation|content[ _]?(?:policy|filter)|safety (?:system|filter)/i;

/** One request larger than the whole limit, or of a kind that the account lacks: it says nothing of the next one. */
const ONE_TOO_LARGE =
  /request too large|extra usage is required for long context|reduced? (?:the|your) (?:prompt|input)/i;

/** Limits of everything that goes through the key, not of one model. */
const KEY_WIDE =
  /usage_limit_reached|(?:account|organi[sz]ation|workspace|team|key)[ -](?:wide|level)|(?:your|this|the) (?:account|organi[sz]ation|workspace|team|project|api key|key)(?:'s|’s)? (?:rate|request|usage|concurrency|daily|monthly)|(?:limit|requests) (?:for|of|on) (?:your|this|the) (?:account|organi[sz]ation|workspace|team|api key|key)|concurrent (?:requests|connections) (?:for|on|per) (?:your|this|the|api)? ?(?:account|organi[sz]ation|key)/i;
const OF_A_MODEL = /\bmodels?\b|(?:input|output) tokens|tokens per/i;

/**
 * How vendors refuse signatures and encrypted reasoning that they did not make, or no longer accept (Anthropic, OpenAI,
 * Gemini). Such a 400 says nothing about key or question.
 */
const BAD_TOKEN =
  /invalid.{0,20}signature|signature.{0,40}(?:invalid|not valid)|thought_?signature|encrypted.{0,20}content.{0,60}(?:could not be|verified|decrypt|invalid)|invalid_encrypted_content|expected .{0,4}thinking.{0,4} or|thinking.{0,40}cannot be modified/i;

/** The status under which something was said decides how closely it is read. */
export const saysBadKey = (words: string, status: number): boolean =>
  (status === 400 ? BAD_KEY_400 : BAD_KEY).test(words);

/** The account is empty, or has met a limit that only its owner can lift. */
export function saysNoCredit(words: string, status: number): boolean {
  if (status === 400) return NO_CREDIT_400.test(words);
  return NO_CREDIT.test(words) || (OWN_QUOTA_WORDS.test(words) && !GOOGLE.test(words));
}

/** The place that the gateway calls from is not served. */
export const saysNotHere = (words: string): boolean => NOT_HERE_400.test(words);

export const saysModerated = (words: string): boolean => MODERATED.test(words);

export const saysTooLarge = (words: string): boolean => ONE_TOO_LARGE.test(words);

export const saysKeyWide = (words: string): boolean => KEY_WIDE.test(words) && !OF_A_MODEL.test(words);

export const saysBadToken = (words: string): boolean => BAD_TOKEN.test(words);

/** The Responses API says 400 where others say 404. */
export const saysModelMissing = (words: string): boolean => /^model_not_found$/m.test(words);

/** A page of a proxy or a firewall in front of the provider, not the provider's own word. */
export const isPage = (text: string): boolean => /^\s{0,200}</.test(text);
