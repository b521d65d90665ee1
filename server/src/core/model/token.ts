// Opaque tokens: what a vendor signs or encrypts in an answer and wants back unaltered in the next request. On its way
// through a client of another format a token travels inside that format's own opaque slot, wrapped so that it can be told
// from that vendor's tokens and opened again, by this gateway or by another one after a restart.

/** Signatures, encrypted reasoning, redacted thinking. */
export interface OpaqueToken {
  /** Provider id of who made it: 'anthropic', 'openai', 'gemini', 'openrouter', … Nobody else can read it. */
  readonly vendor: string;
  /**
   * signature: proves shown reasoning (anthropic). redacted: reasoning that is not shown (anthropic).
   * encrypted: the reasoning itself (openai-responses). thought: belongs to the part it came with (gemini).
   */
  readonly kind: 'signature' | 'redacted' | 'encrypted' | 'thought';
  readonly value: string;
  /** The item it belongs to (openai-responses "rs_…"). */
  readonly itemId?: string;
}

/** How every wrapped token begins. The digit is the version of what follows. */
export const TOKEN_PREFIX = 'sluice.1.';

const KINDS: Readonly<Record<OpaqueToken['kind'], string>> = {
  signature: 's',
  redacted: 'r',
  encrypted: 'e',
  thought: 't',
};

/** `sluice.1.<kind>.<vendor>.<item id>.<value>`: letters, digits, `._-~` and what the value holds itself. */
export function wrapToken(token: OpaqueToken): string {
  const itemId = token.itemId ?? '';
  return `${TOKEN_PREFIX}${KINDS[token.kind]}.${token.vendor}.${itemId.replaceAll('.', '~')}.${token.value}`;
}

/** The token that a slot carries for another vendor; undefined when the slot holds something else, or a damaged one. */
export function unwrapToken(slot: string): OpaqueToken | undefined {
  if (!slot.startsWith(TOKEN_PREFIX)) return undefined;
  const [letter, vendor, item, ...rest] = slot.slice(TOKEN_PREFIX.length).split('.');
  const kind = (Object.keys(KINDS) as OpaqueToken['kind'][]).find((name) => KINDS[name] === letter);
  const value = rest.join('.');
  if (kind === undefined || vendor === undefined || vendor === '' || value === '') return undefined;
  return {
    vendor,
    kind,
    value,
    ...(item === undefined || item === '' ? {} : { itemId: item.replaceAll('~', '.') }),
  };
}

/** What a slot of a format holds: a token of another vendor in its wrapping, or one of the format's own vendor. */
export function readSlot(
  slot: string,
  own: Pick<OpaqueToken, 'vendor' | 'kind' | 'itemId'>,
): OpaqueToken | undefined {
  if (slot === '') return undefined;
  return slot.startsWith(TOKEN_PREFIX) ? unwrapToken(slot) : { ...own, value: slot };
}

/** What to write into a slot of the format whose own vendor is `vendor`: its tokens as they are, all others wrapped. */
export function writeSlot(token: OpaqueToken, vendor: string): string {
  return token.vendor === vendor ? token.value : wrapToken(token);
}
