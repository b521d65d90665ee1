// The memory of models that upstreams offer: row 8.11 of the features.

import { describe, expect, test } from 'vitest';
import { fakePorts, quiet } from '../../test/kit/fake-ports.ts';
import { settingsOf } from '../../test/kit/gateway.ts';
import { createDiscovery } from './discover-models.ts';

const listOf = (...ids: readonly string[]): string =>
  JSON.stringify({ object: 'list', data: ids.map((id) => ({ id, object: 'model' })) });

function setUp() {
  const settings = settingsOf({ upstreams: [{ origin: 'http://127.0.0.1:1' }] });
  const fakes = fakePorts(settings);
  const discovery = createDiscovery(fakes.ports);
  const [upstream] = settings.upstreams;
  if (upstream === undefined) throw new Error('no upstream');
  return {
    ...fakes,
    /** Asks, and lets the upstream answer where it is asked. */
    async ids(answer: () => void = () => undefined): Promise<readonly string[]> {
      const asked = fakes.upstream.requests;
      const offered = discovery.offered(upstream);
      await quiet();
      if (fakes.upstream.requests > asked) answer();
      return (await offered).map(({ id }) => id);
    },
    says: (status: number, body: string) => () => {
      fakes.upstream.head(status, ['content-type', 'application/json']);
      fakes.upstream.data(body);
      fakes.upstream.end();
    },
  };
}

const MINUTE_MS = 60_000;

describe('8.11 the list of models of an upstream', () => {
  test('8.11 is asked for once in five minutes', async () => {
    const { ids, says, upstream, advance } = setUp();
    expect(await ids(says(200, listOf('a')))).toEqual(['a']);
    advance(5 * MINUTE_MS - 1);
    expect(await ids()).toEqual(['a']);
    expect(upstream.requests).toBe(1);
    advance(1);
    expect(await ids(says(200, listOf('b')))).toEqual(['b']);
    expect(upstream.requests).toBe(2);
  });

  test.each([
    ['an error', 500, '{"error":{"message":"broken"}}'],
    ['something that is no list', 200, '<html>'],
  ])(
    '8.11 stays as it was when the upstream answers %s, and is asked for again soon',
    async (_, status, body) => {
      const { ids, says, upstream, advance } = setUp();
      await ids(says(200, listOf('a')));
      advance(5 * MINUTE_MS);
      expect(await ids(says(status, body))).toEqual(['a']);
      advance(14_999);
      expect(await ids()).toEqual(['a']);
      expect(upstream.requests).toBe(2);
      advance(1);
      expect(await ids(says(200, listOf('b')))).toEqual(['b']);
    },
  );

  test('8.11 stays as it was when the upstream says nothing in time', async () => {
    const { ids, says, advance } = setUp();
    await ids(says(200, listOf('a')));
    advance(5 * MINUTE_MS);
    expect(await ids(() => advance(3_000))).toEqual(['a']);
  });

  test('8.11 is empty where it was never told', async () => {
    const { ids, says } = setUp();
    expect(await ids(says(503, '{}'))).toEqual([]);
  });
});
