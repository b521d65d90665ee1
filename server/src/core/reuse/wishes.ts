// What a client says about the reuse of answers: Cache-Control as in RFC 9111 section 5.2.1, and a header of our own for
// libraries that set the other one by themselves. https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1

/** The wishes of one request. */
export interface ReuseWishes {
  /** Neither look nor keep. */
  readonly bypass: boolean;
  /** Do not look, but keep the new answer. */
  readonly refresh: boolean;
  /** The greatest age that is welcome, in milliseconds; Infinity: any. */
  readonly maxAgeMs: number;
  /** Answer from memory or not at all. */
  readonly onlyCached: boolean;
  /** How long the answer to this request is to be fresh, in milliseconds; undefined: as the route says. */
  readonly ttlMs: number | undefined;
}

/** No wishes. */
export const NO_WISHES: ReuseWishes = {
  bypass: false,
  refresh: false,
  maxAgeMs: Number.POSITIVE_INFINITY,
  onlyCached: false,
  ttlMs: undefined,
};

/** The longest that a client may ask for: a week. */
const MAX_TTL_SECONDS = 604_800;

/** Reads the headers `cache-control`, `x-sluice-cache` and `x-sluice-cache-ttl`; what is not understood is ignored. */
export function wishesOf(
  control: string | undefined,
  own: string | undefined,
  ttl: string | undefined,
): ReuseWishes {
  if (control === undefined && own === undefined && ttl === undefined) return NO_WISHES;
  const directives = directivesOf(control ?? '');
  const word = own?.trim().toLowerCase();
  const age = secondsOf(directives.get('max-age'));
  return {
    bypass: word === 'bypass' || directives.has('no-store'),
    refresh: word === 'refresh' || directives.has('no-cache') || age === 0,
    maxAgeMs: age === undefined ? Number.POSITIVE_INFINITY : age * 1000,
    onlyCached: directives.has('only-if-cached'),
    ttlMs: ttlOf(ttl),
  };
}

function ttlOf(text: string | undefined): number | undefined {
  const seconds = secondsOf(text?.trim());
  return seconds === undefined ? undefined : Math.min(seconds, MAX_TTL_SECONDS) * 1000;
}

function directivesOf(control: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const piece of control.split(',')) {
    const [name = '', value = ''] = piece.split('=', 2);
    found.set(name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1'));
  }
  return found;
}

/** delta-seconds: digits alone. */
function secondsOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
