// The model in the query of a WebSocket: found as it was meant, and replaced without touching what stands beside it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../test/kit/gateway.ts';
import { addressModel, modelIn } from './realtime-model.ts';
import type { ResourceTarget } from './relay-resource.ts';

/** One upstream with an alias for `asked`. */
function addressed(asked: string, name: string, query: string): string[] {
  const settings = settingsOf({ upstreams: [{ origin: 'http://h', aliases: { [asked]: name } }] });
  const targets: ResourceTarget[] = settings.upstreams.flatMap((upstream) =>
    upstream.keys.map((key) => ({ upstream, key, dialect: 'openai-chat' as const })),
  );
  return addressModel(settings, targets, asked, query).map((one) => one.query);
}

describe('the model in a query', () => {
  it.each([
    ['', undefined],
    ['?model=', undefined],
    ['?model=%E0%A4%A', undefined],
    ['?submodel=x', undefined],
    ['?call_id=rtc_1', undefined],
    ['?a=1&model=gpt-realtime&b=2', 'gpt-realtime'],
    ['?model=ft%3Agpt%2Fx', 'ft:gpt/x'],
    ['?model=a&model=b', 'a'],
  ])('%s names %s', (query, model) => {
    expect(modelIn(query)).toBe(model);
  });

  it('any name comes back as it was written', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (model) => {
        expect(modelIn(`?x=1&model=${encodeURIComponent(model)}`)).toBe(model);
      }),
    );
  });

  it('is replaced where it is an alias, and stands there once', () => {
    expect(addressed('voice', 'gpt/realtime', '?a=1&model=voice&b=2')).toEqual([
      '?a=1&model=gpt%2Frealtime&b=2',
    ]);
    expect(addressed('voice', 'x', '?model=voice&model=other&c=$1')).toEqual(['?model=x&c=$1']);
  });
});
