import { describe, expect, test } from 'vitest';
import { pricesFor, upstreamOfProvider } from '../../test/kit/priced-upstream.ts';
import { knowsPrice } from './named.ts';

const NOW = Date.UTC(2026, 10, 18, 12);

const AZURE = upstreamOfProvider('azure-openai', {
  baseUrls: { 'openai-chat': 'https://me.openai.azure.com/openai/v1' },
  prices: [{ models: ['my-deployment'], price: undefined, as: 'gpt-4o' }],
});
const OWN_SERVER = upstreamOfProvider('openai-compatible', {
  id: 'mine',
  baseUrls: { 'openai-chat': 'http://10.0.0.7:8000/v1' },
});

describe('9.5 a price that is that of another model', () => {
  test('is the row of the built-in list, for what is priced so alone', () => {
    const prices = pricesFor([AZURE]);
    expect(prices.of(AZURE, 'my-deployment', NOW)).toEqual(prices.of(AZURE, 'gpt-4o', NOW));
    expect(prices.of(AZURE, 'my-deployment', NOW)?.id).toBe('catalogue:openai/gpt-4o');
    expect(prices.of(AZURE, 'another-deployment', NOW)).toBeUndefined();
    expect(prices.list(NOW, 'my-deployment')).toMatchObject([
      { model: 'my-deployment', price: { id: 'catalogue:openai/gpt-4o', origin: 'catalogue' } },
    ]);
  });

  test('changes when that of the other model does', () => {
    const openai = upstreamOfProvider('openai', {
      prices: [{ models: ['thinker'], price: undefined, as: 'o3' }],
    });
    const input = (atMs: number) => pricesFor([openai]).of(openai, 'thinker', atMs)?.rates.input;
    expect([input(Date.UTC(2025, 5, 9)), input(Date.UTC(2025, 5, 10))]).toEqual([10_000_000, 2_000_000]);
  });

  test('can be given in the section of prices, and to a server of unknown make', () => {
    const prices = pricesFor(
      [OWN_SERVER],
      [{ place: 'mine', model: 'house-*', price: undefined, as: 'gpt-4o' }],
    );
    expect(prices.of(OWN_SERVER, 'house-1', NOW)?.id).toBe('catalogue:openai/gpt-4o');
  });

  test('is none where the list has no such name, and no other price takes its place', () => {
    const upstream = upstreamOfProvider('openai', {
      prices: [{ models: ['gpt-4o'], price: undefined, as: 'gpt-99' }],
    });
    expect(pricesFor([upstream]).of(upstream, 'gpt-4o', NOW)).toBeUndefined();
  });
});

describe('the name of another model', () => {
  test.each([
    ['gpt-4o', true],
    ['openai/gpt-4o', true],
    ['gemini/gemini-2.5-pro', true],
    ['google/gemini-2.5-pro', true],
    ['claude-sonnet-4-5', true],
    ['gpt-99', false],
    ['nobody/gpt-4o', false],
    ['openai/', false],
  ])('%s is known: %s', (name, known) => {
    expect(knowsPrice(OWN_SERVER, name)).toBe(known);
  });
});
