// Keeps what is secret between the gateway and its upstreams from clients and reports: some servers repeat what they were
// given when they refuse it.

/** Shorter ones are those of toys, and would be found in ordinary text. */
const SECRET_LENGTH = 8;

/** One secret, or all those that were sent together. */
export type Secrets = string | readonly string[];

/** What was sent and is to be seen by nobody: the key, and what else of the upstream's configuration is secret. */
export function secretsOf(target: {
  readonly upstream: { readonly secrets?: readonly string[] };
  readonly key: { readonly secret: string };
}): Secrets {
  const { upstream, key } = target;
  return upstream.secrets === undefined ? key.secret : [key.secret, ...upstream.secrets];
}

/** True when a text contains one of them. */
export function holdsSecret(text: string | Buffer, secrets: Secrets): boolean {
  return typeof secrets === 'string' ? holds(text, secrets) : secrets.some((secret) => holds(text, secret));
}

function holds(text: string | Buffer, secret: string): boolean {
  return secret.length >= SECRET_LENGTH && text.includes(secret);
}

/** The bytes with the secrets starred out. Their number stays the same, so that a declared length stays true. */
export function maskedBytes(bytes: Buffer, secrets: Secrets): Buffer {
  if (!holdsSecret(bytes, secrets)) return bytes;
  return Buffer.from(maskedText(bytes.toString('latin1'), secrets), 'latin1');
}

/** The same for bytes that come piece by piece: a secret may be cut in two. As many bytes are held back as one may have. */
export class MaskedPieces {
  readonly #secrets: Secrets;
  readonly #heldMost: number;
  #held: Buffer = Buffer.alloc(0);

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
    const lengths = (typeof secrets === 'string' ? [secrets] : secrets).map(({ length }) => length);
    this.#heldMost = Math.max(1, ...lengths) - 1;
  }

  /** What may go on now that this piece has come; may be empty. */
  next(piece: Buffer): Buffer {
    const bytes = maskedBytes(Buffer.concat([this.#held, piece]), this.#secrets);
    const end = Math.max(0, bytes.length - this.#heldMost);
    this.#held = bytes.subarray(end);
    return bytes.subarray(0, end);
  }

  /** What was held back: nothing more comes. */
  rest(): Buffer {
    return this.#held;
  }
}

/** The text with the secrets starred out. */
export function maskedText(text: string, secrets: Secrets): string {
  let masked = text;
  for (const secret of typeof secrets === 'string' ? [secrets] : secrets)
    if (holds(masked, secret)) masked = masked.replaceAll(secret, '*'.repeat(secret.length));
  return masked;
}
