// Keeps secrets out of whatever people read: masks the secrets that are configured, wherever they stand, and everything
// that has the shape of one. Masks never contain quotes or backslashes, so masked JSON stays JSON.

/** What stands where a secret stood. */
export const MASK = '[redacted]';

/** Shorter secrets are not searched for: "local" or "test" as a key would blank out half of the log. */
const SHORTEST_SECRET = 6;

/** Masks secrets in text. */
export interface Redactor {
  redact(text: string): string;
  /** The same as a JSON string, with its quotes. */
  quote(text: string): string;
  /** Masks known secrets and what has the shape of a key, and leaves what only stands where a secret could: for contents. */
  redactContent(text: string): string;
  /** Replaces the list of known secrets, at the start and after each reload of the configuration. */
  know(secrets: Iterable<string>): void;
}

/**
 * Shapes of keys that need no context: OpenAI, Anthropic, OpenRouter, DeepSeek and many others (sk-), Google (AIza, AQ.,
 * ya29.), Groq, xAI, Hugging Face, NVIDIA, Perplexity, Replicate, Cerebras, Fireworks, GitHub, GitLab, Slack, AWS, and
 * JSON web tokens. None begins inside a word.
 */
const KEY_SHAPES: string = [
  '(?:sk|rk|csk|nvapi|pplx|xai|glpat|xox[a-z])-[\\w-]{8,}',
  '(?:gsk|hf|r8|fw|tgp|gh[a-z]|github_pat|sk|pk|rk)_[\\w-]{12,}',
  'AIza[\\w-]{16,}',
  '(?:AQ|ya29)\\.[\\w.-]{16,}',
  '(?:AKIA|ASIA)[A-Z0-9]{12,}',
  'eyJ[\\w-]{8,}\\.[\\w-]{4,}(?:\\.[\\w-]*)?',
].join('|');

/** Names of headers, query parameters and JSON members whose value is a secret. */
const SECRET_NAMES =
  '(?:x-(?:goog-)?)?api[-_]?key|key|authorization|proxy-authorization|(?:access|refresh|id|auth|session)?[-_]?token|(?:client[-_]?)?secret|password|passwd|set-cookie|cookie|signature|sig';

/** Where a word can begin: not within another, but after a line end as JSON writes it (\\n) or an escape of a URL (%20). */
const START = '(?:(?<![A-Za-z0-9-])|(?<=\\\\[bfnrt])|(?<=%[0-9A-Fa-f]{2}))';

/** What these stand before is masked by the first rule below. */
const SCHEMES = '(?:bearer|basic)\\b';

/** Each keeps what comes before the secret (its first group) and masks the rest. */
const IN_CONTEXT: readonly RegExp[] = [
  // Authorization schemes.
  new RegExp(`${START}((?:bearer|basic)(?:\\s|%20|\\+)+)[^\\s"'\\\\,;]+`, 'gi'),
  // ?key=…, &token=…
  new RegExp(`([?&](?:${SECRET_NAMES})=)[^&\\s"'\\\\#]+`, 'gi'),
  // "apiKey": "…", also inside a JSON string (\"). Only text: a mask in place of a number would not be JSON.
  new RegExp(`(["'](?:${SECRET_NAMES})\\\\*["']\\s*:\\s*\\\\*["'])(?!${SCHEMES})[^"'\\\\]+`, 'gi'),
  // x-api-key: …
  new RegExp(`(${START}(?:${SECRET_NAMES})\\s*:\\s*)(?!\\s|\\[redacted|${SCHEMES})[^\\s"'\\\\,;}\\]]+`, 'gi'),
  // scheme://user:password@host
  /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'\\]*:)[^\s/@"'\\]+(?=@)/gi,
];

const KEYS: RegExp = new RegExp(`${START}(?:${KEY_SHAPES})`, 'g');

/** Nothing above can match a text without one of these; most texts are through after this. */
const SUSPICIOUS: RegExp =
  /(?:sk|rk|pk|csk|nvapi|pplx|xai|glpat|xox[a-z])-|(?:gsk|hf|r8|fw|tgp|gh[a-z]|pat|sk|pk|rk)_|AIza|AQ\.|ya29\.|AKIA|ASIA|eyJ|bearer|basic|key|auth|token|secret|passw|cookie|sig|:\/\//i;

/** A secret as it may be written in a plain text, in a URL and in JSON (also twice over). */
function spellings(secret: string): string[] {
  const quoted = JSON.stringify(secret).slice(1, -1);
  let encoded = secret;
  try {
    encoded = encodeURIComponent(secret);
  } catch {
    // Half a surrogate pair: it has no spelling in a URL.
  }
  return [secret, encoded, quoted, JSON.stringify(quoted).slice(1, -1)];
}

function anyOf(secrets: Iterable<string>): RegExp | undefined {
  const texts = new Set<string>();
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_SECRET) for (const text of spellings(secret)) texts.add(text);
  }
  if (texts.size === 0) return undefined;
  // The longest first, so that a secret that begins like another is masked to its end.
  const sorted = [...texts].sort((a, b) => b.length - a.length);
  return new RegExp(sorted.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}

/** Names of models and upstreams come again with every exchange: their answers are kept. */
const KEPT_LENGTH = 96;
const KEPT_TEXTS = 2_000;

/** A function of texts that remembers its latest answers until it is told to forget them. */
function remembering(answer: (text: string) => string): { of(text: string): string; forget(): void } {
  let kept = new Map<string, string>();
  return {
    of(text) {
      if (text.length > KEPT_LENGTH) return answer(text);
      let known = kept.get(text);
      if (known === undefined) {
        known = answer(text);
        // A new map instead of clear(), see docs/decisions/0004.
        if (kept.size >= KEPT_TEXTS) kept = new Map();
        kept.set(text, known);
      }
      return known;
    },
    forget() {
      kept = new Map();
    },
  };
}

/** Makes a redactor that knows no secrets yet. */
export function createRedactor(): Redactor {
  let known: RegExp | undefined;

  function content(text: string): string {
    const clean = known === undefined ? text : text.replace(known, MASK);
    return SUSPICIOUS.test(clean) ? clean.replace(KEYS, MASK) : clean;
  }

  function mask(text: string): string {
    let clean = content(text);
    if (!SUSPICIOUS.test(clean)) return clean;
    for (const shape of IN_CONTEXT) clean = clean.replace(shape, `$1${MASK}`);
    return clean;
  }

  const masked = remembering(mask);
  const quoted = remembering((text) => JSON.stringify(mask(text)));

  return {
    know(secrets) {
      known = anyOf(secrets);
      masked.forget();
      quoted.forget();
    },
    redact: masked.of,
    quote: quoted.of,
    redactContent: content,
  };
}
