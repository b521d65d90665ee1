// Why an attempt ended as it did, in a word and in a sentence.

/** Why a verdict is what it is, in a word. */
export type Reason =
  | 'answered'
  | 'client-left'
  | 'unreachable'
  | 'timeout'
  | 'broken-answer'
  | 'empty-answer'
  | 'bad-key'
  /** The key is good, but may not do this: another model, another country, a permission that it lacks. */
  | 'forbidden'
  | 'no-credit'
  | 'rate-limited'
  | 'overloaded'
  | 'server-error'
  | 'model-missing'
  | 'conflict'
  | 'redirected'
  | 'bad-request'
  /** It refused a signature or encrypted reasoning of a former answer: without any it may accept the same request. */
  | 'bad-token'
  | 'not-carried'
  | 'gateway';

/** The sentence of each, without a full stop. */
export const SENTENCES: Readonly<Record<Reason, string>> = {
  answered: 'It answered',
  'client-left': 'The client left',
  unreachable: 'No connection could be made',
  timeout: 'It did not answer in time',
  'broken-answer': 'Its answer was broken',
  'empty-answer': 'Its answer was empty',
  'bad-key': 'The provider refused the key',
  forbidden: 'The provider does not allow this with this key',
  'no-credit': 'The account has no credit or quota left',
  'rate-limited': 'The rate limit is reached',
  overloaded: 'The provider is overloaded',
  'server-error': 'The provider failed',
  'model-missing': 'The provider does not have the model',
  conflict: 'The provider reported a conflict',
  redirected: 'The provider redirected the request',
  'bad-request': 'The provider refused the request',
  'bad-token': 'The provider refused a token of a former answer',
  'not-carried': 'The request cannot be carried in its format',
  gateway: 'The gateway failed',
};

/** True for a word that is a reason. */
export const isReason = (word: unknown): word is Reason =>
  typeof word === 'string' && Object.hasOwn(SENTENCES, word);

/** What follows for what is in a state, in a sentence. `firm`: the provider has named the time itself. */
export function consequence(
  state: 'closed' | 'cooling' | 'open' | 'half-open' | 'quarantined',
  failures: number,
  firm: boolean,
): string {
  const times = failures === 1 ? '1 failure' : `${failures} failures`;
  switch (state) {
    case 'closed':
      return failures === 0 ? 'It is in use again.' : `It stays in use after ${times} in a row.`;
    case 'half-open':
      return 'Its time is over: the next request finds out whether it works again.';
    case 'quarantined':
      return 'It is left alone until it is tested again, by hand or by one request when its time is over.';
    case 'open':
      return firm
        ? 'Nothing is sent before the time that the provider named.'
        : `After ${times} in a row it is asked only when nothing else is left.`;
    case 'cooling':
      return firm
        ? 'Nothing is sent before the time that the provider named.'
        : 'The provider named no time: it is asked only when nothing else is left.';
  }
}
