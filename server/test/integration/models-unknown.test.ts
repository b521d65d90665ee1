// Names that nobody offers: a 404 in the client's format that says what is there instead.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { ask } from '../kit/client.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at, wires } from '../kit/wire.ts';

const UPSTREAMS = [
  { id: 'vendor', models: ['gpt-5.5', 'gpt-5.5-mini', 'o?-*'], aliases: { 'house-model': 'gpt-5.5' } },
  { id: 'other', models: ['claude-opus-5'] },
];

/** What tells a client of a format that a model does not exist. */
const KINDS: Readonly<Record<(typeof DIALECT_IDS)[number], readonly [readonly string[], string]>> = {
  'openai-chat': [['error', 'code'], 'model_not_found'],
  'openai-responses': [['error', 'code'], 'model_not_found'],
  'anthropic-messages': [['error', 'type'], 'not_found_error'],
  gemini: [['error', 'status'], 'NOT_FOUND'],
};

describe.each(DIALECT_IDS)('4.7 an unknown model, asked in %s,', (from) => {
  const wire = wires[from];

  it.each([
    ['gpt-5.4', 'Did you mean gpt-5.5?'],
    ['GPT-5.5', 'Did you mean gpt-5.5?'],
    ['gpt5.5-mini', 'Did you mean gpt-5.5-mini'],
    ['house-modle', 'Did you mean house-model?'],
    ['global-alais', 'Did you mean global-alias?'],
    ['vendor/gpt-5.5-mni', 'Did you mean vendor/gpt-5.5-mini'],
    ['vendro/gpt-5.5-mini', 'Did you mean vendor/gpt-5.5-mini'],
    ['other/claude-opus-4', 'Did you mean other/claude-opus-5?'],
    ['claude-opus-4-reasoning-high', 'Did you mean claude-opus-5-reasoning-high?'],
    ['other/claude-opus-4-reasoning-none', 'Did you mean other/claude-opus-5-reasoning-none?'],
    ['entirely-different-thing', 'GET /v1/models lists what there is.'],
  ])('%s, is a 404: %s', async (asked, suggestion) => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: UPSTREAMS.map((setup) => ({ ...setup, origin: upstream.origin })),
      aliases: { 'global-alias': 'gpt-5.5' },
    });
    for (const stream of [false, true]) {
      const answer = await ask(gateway.port, wire.request(asked, stream, 'Hello'));
      expect(answer.status).toBe(404);
      expect(answer.header('content-type')).toMatch(/^application\/json/);
      const json: unknown = JSON.parse(answer.text());
      const [place, kind] = KINDS[from];
      expect(at(json, ...place)).toBe(kind);
      const { error } = wire.understand(answer.text(), false);
      expect(error).toContain(`No configured upstream offers the model "${asked}".`);
      expect(error).toContain(suggestion);
      const row = await gateway.row(answer.header('x-sluice-request-id'));
      expect([row.status, row.errorCode, row.modelAsked, row.attempts]).toEqual([
        404,
        'model_not_found',
        asked,
        0,
      ]);
    }
    expect(upstream.turns).toEqual([]);
  });
});

describe('4.6 aliases that nobody has configured', () => {
  it('are not built in: the name that is asked for is the name that is sent', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const popular = [
      'claude-sonnet-latest',
      'gpt-5',
      'opus',
      'gemini-flash-latest',
      'deepseek-v3',
      'kimi-k2',
    ];
    for (const name of popular) await ask(gateway.port, wires['openai-chat'].request(name, false, 'Hello'));
    expect(upstream.turns.map(({ model }) => model)).toEqual(popular);
  });
});
