// Stars out tokens in an answer that goes by, also where a token is cut in two by the chunks. The number of bytes stays the
// same, so that a declared length stays true.

const STAR = 0x2a;
/** Shorter ones are those of toys, and would be found in ordinary text. */
const SECRET_LENGTH = 8;

/** Hands on what it is given, without the secrets. */
export interface TokenMask {
  /** What can be handed on now: a tail that may be the beginning of a secret is held back. */
  push(chunk: Buffer): Buffer;
  /** What was held back. */
  end(): Buffer;
}

const EMPTY: Buffer = Buffer.alloc(0);

/** The bytes with every secret starred out; the same object where there is none. */
export function withoutTokens(bytes: Buffer, secrets: readonly Buffer[]): Buffer {
  let masked: Buffer | undefined;
  for (const secret of secrets) {
    for (let at = bytes.indexOf(secret); at !== -1; at = bytes.indexOf(secret, at + secret.length)) {
      masked ??= Buffer.from(bytes);
      masked.fill(STAR, at, at + secret.length);
    }
  }
  return masked ?? bytes;
}

/** Secrets as bytes, those that are long enough to be searched for. */
export function secretBytes(secrets: readonly string[]): readonly Buffer[] {
  return secrets.filter((secret) => secret.length >= SECRET_LENGTH).map((secret) => Buffer.from(secret));
}

/** How many bytes at the end are the beginning of a secret. */
function tailOf(bytes: Buffer, secrets: readonly Buffer[]): number {
  let longest = 0;
  for (const secret of secrets) {
    const first = secret[0] ?? 0;
    const from = Math.max(0, bytes.length - secret.length + 1);
    for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
      const length = bytes.length - at;
      if (length <= longest) break;
      if (bytes.compare(secret, 0, length, at) === 0) {
        longest = length;
        break;
      }
    }
  }
  return longest;
}

/** A mask for one answer. */
export function tokenMask(secrets: readonly Buffer[]): TokenMask {
  let held = EMPTY;
  return {
    push(chunk) {
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const masked = withoutTokens(bytes, secrets);
      const tail = tailOf(masked, secrets);
      held = tail === 0 ? EMPTY : Buffer.from(masked.subarray(masked.length - tail));
      return tail === 0 ? masked : masked.subarray(0, masked.length - tail);
    },
    end() {
      const rest = held;
      held = EMPTY;
      return rest;
    },
  };
}
