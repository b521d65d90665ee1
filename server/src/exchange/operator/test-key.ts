// Tries one key: asks the provider for its list of models, which costs nothing and needs the key. Says what came of it
// and changes nothing; what follows for the key's standing is decided where standings are kept.

import type { Upstream, UpstreamKey } from '../../config/settings.ts';
import { type DialectId, familyOf } from '../../core/model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import { isObject, parseJson, textOf } from '../../core/model/json.ts';
import { judge } from '../../core/routing/verdict.ts';
import { askUpstream } from '../ask-upstream.ts';
import type { WholeAnswer } from '../fetch-whole.ts';
import type { Ports } from '../ports.ts';
import { maskedText, type Secrets, secretsOf } from '../secrecy.ts';

/** How long a provider may take to answer. */
const TIMEOUT_MS = 10_000;
const ANSWER_LIMIT_BYTES = 8 * 1024 * 1024;
/** The most of a provider's words that is repeated, in characters. */
const SHOWN_LENGTH = 200;

/** What the provider made of a key. */
export interface KeyTest {
  /** accepted: it works. refused: it is not valid (any more). unclear: the answer says nothing about the key. */
  readonly verdict: 'accepted' | 'refused' | 'unclear';
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** A sentence without secrets. */
  readonly message: string;
}

/** Providers whose list of models is public, and what they have instead that is not. */
const PRIVATE_PATHS: Readonly<Record<string, string>> = {
  // https://openrouter.ai/docs/api-reference/limits
  openrouter: '/v1/key',
};

function pathFor(upstream: Upstream, dialect: DialectId): readonly [path: string, query: string] {
  const own = PRIVATE_PATHS[upstream.provider.id];
  if (own !== undefined) return [own, ''];
  switch (familyOf(dialect)) {
    case 'gemini':
      return ['/v1beta/models', '?pageSize=1'];
    case 'anthropic':
      return ['/v1/models', '?limit=1'];
    case 'openai':
      return ['/v1/models', ''];
  }
}

/** Tries a key of an upstream, also one that is disabled or left alone. Never rejects. */
export async function testKey(
  ports: Pick<Ports, 'transport' | 'clock' | 'deadlines'>,
  upstream: Upstream,
  key: UpstreamKey,
): Promise<KeyTest> {
  const [dialect] = upstream.dialects;
  if (dialect === undefined || upstream.baseUrls[dialect] === undefined)
    return { verdict: 'unclear', status: undefined, message: 'The upstream has no address.' };
  const [path, query] = pathFor(upstream, dialect);
  const question = {
    upstream,
    key,
    dialect,
    path,
    query,
    limitBytes: ANSWER_LIMIT_BYTES,
    timeoutMs: TIMEOUT_MS,
  };
  const answer = await askUpstream(ports, question);
  const secrets = secretsOf(question);
  return 'code' in answer
    ? unreached(answer, secrets)
    : judged(answer, upstream, secrets, ports.clock.epochMs());
}

function unreached(error: SluiceError, secrets: Secrets): KeyTest {
  return {
    verdict: 'unclear',
    status: undefined,
    message: shown(`The provider could not be asked: ${error.message}`, secrets),
  };
}

function judged(
  { status, headers, body }: WholeAnswer,
  { provider }: Upstream,
  secrets: Secrets,
  epochNowMs: number,
): KeyTest {
  if (status === 200) {
    // A page for people, from a captive portal or a proxy, is an answer of somebody else.
    if (!isObject(parseJson(body.toString('utf8'))) && !body.toString('utf8').trimStart().startsWith('['))
      return { verdict: 'unclear', status, message: `${provider.name} answered 200, but not with JSON.` };
    return { verdict: 'accepted', status, message: `${provider.name} accepts the key.` };
  }
  const words = wordsOf(body, secrets);
  const error = sluiceError('upstream_error', 'The provider answered with an error.', { status });
  const answer = { status, headers, body };
  const { reason } = judge({ kind: 'failed', error, committed: false, answer }, epochNowMs);
  if (reason === 'bad-key' || status === 401 || status === 403)
    return { verdict: 'refused', status, message: `${provider.name} refuses the key (${status})${words}` };
  const told = `${provider.name} answered ${status}, which does not say whether the key is good${words}`;
  return { verdict: 'unclear', status, message: told };
}

/** The provider's own words, as the end of a sentence. */
function wordsOf(body: Buffer, secrets: Secrets): string {
  const value = parseJson(body.toString('utf8'));
  // Gemini's OpenAI surface wraps its error in a list.
  const first: unknown = Array.isArray(value) ? value[0] : value;
  const error = isObject(first) ? (first['error'] ?? first) : undefined;
  const words = isObject(error) ? textOf(error['message']) : textOf(error);
  return words === undefined ? '.' : `: ${shown(words, secrets)}`;
}

/** On one line, without the key, cut. */
function shown(text: string, secrets: Secrets): string {
  const plain = maskedText(text, secrets)
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return plain.length > SHOWN_LENGTH ? `${plain.slice(0, SHOWN_LENGTH - 1)}…` : plain;
}
