import { describe, expect, test } from 'vitest';
import type { ExchangeRow } from '../../../../server/src/admin/contract.ts';
import { csvCell, csvOf, jsonOf } from './export.ts';

const row: ExchangeRow = {
  id: 'req_1',
  receivedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  route: 'messages',
  use: 'generate',
  state: 'done',
  clientId: 'alice, the first',
  modelAsked: '=HYPERLINK("http://evil")',
  modelServed: 'claude-sonnet-4-5',
  status: 200,
  durationMs: 1_234,
  usage: {
    input: { uncached: 10, cacheRead: 90, cacheWrite5m: 1, cacheWrite1h: 2, cacheWriteOther: 3, audio: 4 },
    output: { text: 5, reasoning: 6, audio: 0 },
    clamped: false,
  },
  cost: {
    state: 'exact',
    totalNanoUsd: 1_500_000,
    parts: {
      inputUncached: 0,
      cacheRead: 0,
      cacheWrite: 0,
      inputAudio: 0,
      outputText: 1_500_000,
      outputReasoning: 0,
      outputAudio: 0,
      other: 0,
    },
    priceRow: 'x',
  },
};

/** Reads CSV as RFC 4180 says, so that what was written is checked by something else than its writer. */
function parse(text: string): string[][] {
  const lines: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quoted && char === '"' && text[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (char === '"') quoted = !quoted;
    else if (!quoted && char === ',') {
      lines.at(-1)?.push(cell);
      cell = '';
    } else if (!quoted && char === '\r' && text[at + 1] === '\n') {
      lines.at(-1)?.push(cell);
      cell = '';
      lines.push([]);
      at += 1;
    } else cell += char;
  }
  return lines.slice(0, -1);
}

describe('CSV', () => {
  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1'])(
    'the text %j of a client is no formula',
    (text) => {
      const [[cell = ''] = []] = parse(`${csvCell(text)}\r\n`);
      expect(cell).toBe(`'${text}`);
      expect(cell).not.toMatch(/^\s*[=+\-@＝]/);
    },
  );

  test.each(['a,b', 'say "hi"', 'two\r\nlines', 'semi;colon', 'plain'])(
    'the text %j comes back whole',
    (text) => {
      expect(parse(`${csvCell(text)}\r\n`)).toEqual([[text]]);
    },
  );

  test('a number stays a number, and what is not known an empty cell', () => {
    expect(csvCell(-1.5)).toBe('-1.5');
    expect(csvCell(undefined)).toBe('');
  });

  test('a row stands below the names of its columns', () => {
    const [names = [], values = []] = parse(csvOf([row]));
    const told = Object.fromEntries(names.map((name, at) => [name, values[at]]));
    expect(told).toMatchObject({
      id: 'req_1',
      time: '2026-01-02T03:04:05.678Z',
      client: 'alice, the first',
      model_asked: '\'=HYPERLINK("http://evil")',
      outcome: 'ok',
      input_tokens: '110',
      cached_input_tokens: '90',
      output_tokens: '11',
      cost_usd: '0.0015',
      upstream: '',
    });
    expect(values).toHaveLength(names.length);
  });

  test('what has no price costs nothing that is known', () => {
    const { cost } = row;
    const unpriced = { ...row, cost: cost && { ...cost, state: 'unpriced' as const, totalNanoUsd: 0 } };
    const [names = [], values = []] = parse(csvOf([unpriced]));
    expect(values[names.indexOf('cost_usd')]).toBe('');
    expect(values[names.indexOf('cost_state')]).toBe('unpriced');
  });
});

test('JSON is what the admin API told', () => {
  expect(JSON.parse(jsonOf([row]))).toEqual([row]);
});
