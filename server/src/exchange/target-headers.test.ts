import { describe, expect, it } from 'vitest';
import { settingsOf, type UpstreamSetup } from '../../test/kit/gateway.ts';
import { headersFor } from './target-headers.ts';

function sent(client: readonly string[], setup: Partial<UpstreamSetup> = {}): string[] {
  const upstreams = [{ origin: 'http://127.0.0.1:1', secrets: ['sk-12345678'], ...setup }];
  const [upstream] = settingsOf({ upstreams }).upstreams;
  const key = upstream?.keys[0];
  if (upstream === undefined || key === undefined) throw new Error('There is one.');
  return headersFor(client, { upstream, key }, 'anthropic-messages');
}

describe('the headers for a target', () => {
  it('are those of the client as they stood, then the provider’s defaults and the credential', () => {
    expect(sent(['X-One', '1', 'anthropic-beta', 'b', 'X-One', '2'])).toEqual([
      ...['X-One', '1', 'anthropic-beta', 'b', 'X-One', '2'],
      ...['anthropic-version', '2023-06-01', 'x-api-key', 'sk-12345678', 'accept-encoding', 'identity'],
    ]);
  });

  it('keep the version that a client names', () => {
    expect(sent(['Anthropic-Version', '2099-01-01']).slice(0, 2)).toEqual([
      'Anthropic-Version',
      '2099-01-01',
    ]);
    expect(sent(['Anthropic-Version', '2099-01-01'])).not.toContain('2023-06-01');
  });

  it('let the operator set and remove any of them, and have the last word on the credential', () => {
    const headers = { 'x-one': 'mine', 'x-two': null, 'x-api-key': 'operator', 'x-more': 'more' };
    const list = sent(['X-One', '1', 'X-TWO', '2', 'X-Api-Key', 'theirs'], { headers });
    expect(list).toEqual(
      expect.arrayContaining(['x-one', 'mine', 'x-more', 'more', 'x-api-key', 'operator']),
    );
    expect(list).not.toContain('theirs');
    expect(list.map((word) => word.toLowerCase())).not.toContain('x-two');
    expect(list.filter((word) => word.toLowerCase() === 'x-one').length).toBe(1);
  });

  it('do not take names of Object.prototype for something special', () => {
    expect(sent(['constructor', '1', '__proto__', '2']).slice(0, 4)).toEqual([
      'constructor',
      '1',
      '__proto__',
      '2',
    ]);
  });
});
