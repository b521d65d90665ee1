import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { InFlightView } from '../../admin/contract/live.ts';
import { fit, textColumns } from '../ui/fit.ts';
import { keysIn } from '../ui/screen.ts';
import {
  afterKey,
  firstState,
  TABLE_MS,
  TOP_COLUMNS,
  type TopEntry,
  type TopState,
  topRows,
  withEnded,
  withInFlight,
  withSpent,
} from './top-state.ts';
import { columnsFor, topLines } from './top-view.ts';

const NOW_MS = 1_800_000_000_000;
const plain = picocolors.createColors(false);

const entry = (id: string, more: Partial<TopEntry> = {}): TopEntry => ({
  id,
  atMs: NOW_MS - 1_000,
  model: 'gpt-test',
  upstream: 'one',
  key: 'k_1',
  client: 'alice',
  status: 200,
  error: undefined,
  failed: false,
  inputTokens: 100,
  outputTokens: 10,
  ttftMs: 200,
  costNanoUsd: 1_000_000,
  ...more,
});

const flight = (id: string, more: Partial<InFlightView> = {}): InFlightView => ({
  id,
  receivedAtMs: NOW_MS - 2_500,
  route: 'chat.completions',
  streamed: true,
  phase: 'streaming',
  attempts: 1,
  model: 'gpt-test',
  upstream: 'one',
  key: 'k_1',
  bytesIn: 10,
  bytesOut: 20,
  ...more,
});

function stateWith(entries: readonly TopEntry[], inFlight: readonly InFlightView[] = []): TopState {
  const open: TopState = { ...firstState('http://127.0.0.1:9208'), connection: 'open', version: '1.2.3' };
  return withInFlight(withEnded(open, entries, NOW_MS), { atMs: NOW_MS, exchanges: inFlight });
}

describe('what sluice top knows', () => {
  test('each exchange counts once, however often it is told', () => {
    const once = stateWith([entry('a'), entry('b')]);
    const twice = withEnded(once, [entry('a'), entry('c')], NOW_MS);
    expect(topRows(twice)[0]).toMatchObject({
      requests: 3,
      input: 300,
      output: 30,
      cost: 3_000_000,
      ttft: 200,
    });
  });

  test('what is older than the table reaches is forgotten', () => {
    const state = stateWith([entry('old', { atMs: NOW_MS - TABLE_MS }), entry('new')]);
    expect(state.entries.map(({ id }) => id)).toEqual(['new']);
    expect(withEnded(state, [], NOW_MS + TABLE_MS).entries).toEqual([]);
  });

  test('rows are made by model, upstream or key, with what is on its way', () => {
    const state = stateWith(
      [entry('a'), entry('b', { model: 'claude-test', upstream: 'two', key: 'k_2', failed: true })],
      [
        flight('x'),
        flight('y', { model: 'alias', modelSent: 'claude-test', upstream: undefined, key: undefined }),
      ],
    );
    const names = (by: TopState['by']): string[] =>
      topRows({ ...state, by }).map(
        ({ name, inFlight, requests, errors }) => `${name} ${inFlight} ${requests} ${errors}`,
      );
    expect(names('model')).toEqual(['claude-test 1 1 1', 'gpt-test 1 1 0']);
    expect(names('upstream')).toEqual(['one 1 1 0', 'two 0 1 1', '(none reached) 1 0 0']);
    expect(names('key')).toEqual(['one/k_1 1 1 0', 'two/k_2 0 1 1', '(none reached) 1 0 0']);
  });

  test('arrows choose the column that is sorted by, r turns the order round', () => {
    let state = stateWith([
      entry('a', { model: 'cheap', costNanoUsd: 1 }),
      entry('b', { model: 'dear', costNanoUsd: 9 }),
    ]);
    const press = (key: string): void => {
      const next = afterKey(state, key);
      if (next !== 'quit') state = next;
    };
    while (state.sort !== 'cost') press('left');
    expect(topRows(state).map(({ name }) => name)).toEqual(['dear', 'cheap']);
    press('r');
    expect(topRows(state).map(({ name }) => name)).toEqual(['cheap', 'dear']);
    for (const _ of TOP_COLUMNS) press('right');
    expect(state.sort).toBe('cost');
    for (const [key, by] of [
      ['u', 'upstream'],
      ['k', 'key'],
      ['m', 'model'],
      ['tab', 'upstream'],
    ] as const) {
      press(key);
      expect(state.by).toBe(by);
    }
  });

  test('q and Ctrl-C end it, the space bar pauses, other keys do nothing', () => {
    const state = stateWith([]);
    expect([afterKey(state, 'q'), afterKey(state, 'ctrl-c')]).toEqual(['quit', 'quit']);
    expect(afterKey(state, ' ')).toMatchObject({ paused: true });
    expect(afterKey(state, 'x')).toBe(state);
  });

  test('what was spent is added to the sum of the day, where that is known', () => {
    const state = stateWith([]);
    expect(withSpent(state, 5).todayNanoUsd).toBeUndefined();
    expect(withSpent({ ...state, todayNanoUsd: 10 }, 5).todayNanoUsd).toBe(15);
  });
});

describe('the frame of sluice top', () => {
  const full = (): TopState => ({
    ...stateWith(
      Array.from({ length: 60 }, (_, index) =>
        entry(`e${index}`, {
          model: `model-${index}`,
          failed: index % 3 === 0,
          status: index % 3 === 0 ? 429 : 200,
          error: index % 3 === 0 ? 'rate_limited' : undefined,
        }),
      ),
      Array.from({ length: 40 }, (_, index) =>
        flight(`f${index}`, index === 0 ? {} : { model: '模型-🚀-very-long-name-'.repeat(4) }),
      ),
    ),
    rate: { input: 120, output: 45 },
    todayNanoUsd: 1_500_000_000,
  });

  test('fits every terminal: never more rows, never wider', () => {
    for (const columns of [20, 40, 80, 200])
      for (const rows of [8, 12, 24, 60]) {
        const lines = topLines(full(), { columns, rows }, NOW_MS, plain);
        if (rows >= 24) expect(lines.length).toBe(rows);
        for (const line of lines) expect(textColumns(line), line).toBeLessThanOrEqual(columns);
      }
  });

  test('tells the rate, what is on its way, errors and the spending', () => {
    const text = topLines(full(), { columns: 120, rows: 40 }, NOW_MS, plain).join('\n');
    expect(text).toContain('Sluice 1.2.3  http://127.0.0.1:9208');
    expect(text).toContain('↑120 ↓45 tok/s   40 in flight   60 req/min   20 failed   $1.50 today');
    expect(text).toContain('▼requests');
    expect(text).toMatch(/2\.5 s streaming .* → one\/k_1/);
    expect(text).toMatch(/429 rate_limited model-57 one\/k_1/);
  });

  test('names that hold escapes cannot steer the terminal', () => {
    const evil = stateWith(
      [entry('a', { model: '\u001b[2Jgone\r\n', failed: true, error: '\u001b]0;x\u0007' })],
      [flight('f', { model: '\u001b[31mred' })],
    );
    const text = topLines(evil, { columns: 100, rows: 30 }, NOW_MS, plain).join('');
    expect(text).not.toMatch(/\p{Cc}/u);
  });

  test('says when the gateway is away, and when it is paused', () => {
    const away: TopState = { ...stateWith([]), connection: 'away', why: 'No gateway answers.', paused: true };
    const text = topLines(away, { columns: 80, rows: 24 }, NOW_MS, plain).join('\n');
    expect(text).toContain('No gateway answers.');
    expect(text).toContain('PAUSED');
  });

  test('a narrow terminal leaves columns out, but not the one that is sorted by', () => {
    expect(columnsFor(200, 'cost')).toEqual(TOP_COLUMNS);
    expect(columnsFor(40, 'ttft')).toContain('ttft');
    expect(columnsFor(40, 'ttft')).not.toContain('cost');
  });
});

describe('the terminal', () => {
  test('keys are read one by one, also when several come at once', () => {
    expect(keysIn('q')).toEqual(['q']);
    expect(keysIn('\u001b[A\u001b[D \u0003')).toEqual(['up', 'left', ' ', 'ctrl-c']);
    expect(keysIn('\u001b[1;5C\t')).toEqual(['\u001b[1;5C', 'tab']);
    expect(keysIn('\u001b')).toEqual(['escape']);
  });

  test('texts are cut and filled to columns, wide characters and marks counted as they are shown', () => {
    expect(fit('abc', 5)).toBe('abc  ');
    expect(fit('abc', 5, 'right')).toBe('  abc');
    expect(fit('abcdef', 4)).toBe('abc…');
    expect(fit('模型名', 5)).toBe('模型…');
    expect(textColumns(fit('模型名', 4))).toBe(4);
    expect(textColumns('e\u0301🚀')).toBe(3);
  });
});
