import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../document.ts';
import { compare } from './compare.ts';

const timesOf = (before: JsonValue, after: JsonValue): unknown[] =>
  compare(before, after).changes.map(({ path, takesEffect }) => [path, takesEffect]);

describe('12.4 a change tells when it counts', () => {
  test.each([
    ['server', 'port', 4_000],
    ['storage', 'retentionDays', 7],
    ['storage', 'maxBytes', 1_000_000],
    ['log', 'folder', './logs'],
    ['log', 'maxFileBytes', 65_536],
    ['log', 'retentionDays', 7],
    ['cache', 'url', 'redis://127.0.0.1'],
    ['cache', 'maxBytes', 1_000_000],
    ['state', 'url', 'redis://127.0.0.1'],
    ['state', 'prefix', 'mine'],
    ['metrics', 'enabled', true],
  ])('%s.%s at the next start, however it is written', (section, name, value) => {
    const other = { [section]: { other: 1 } };
    const both = { [section]: { other: 1, [name]: value } };
    expect(timesOf(other, both)).toEqual([[`${section}.${name}`, 'at the next start']]);
    expect(timesOf({}, both)).toEqual([[section, 'at the next start']]);
    expect(timesOf(both, {})).toEqual([[section, 'at the next start']]);
  });

  test('the level of the log, and a section without anything that is opened at the start, at once', () => {
    expect(timesOf({}, { log: { level: 'debug', levels: { storage: 'warn' } } })).toEqual([['log', 'now']]);
    expect(timesOf({ log: { level: 'info' } }, { log: { level: 'debug' } })).toEqual([['log.level', 'now']]);
    expect(timesOf({}, { cache: { maxEntryBytes: 1_000 } })).toEqual([['cache', 'now']]);
    expect(timesOf({}, { server: { trustedProxies: ['10.0.0.1'] } })).toEqual([['server', 'now']]);
  });
});
