import { describe, expect, test } from 'vitest';
import { dayAt, isTimeZone } from './day.ts';

const HOUR = 3_600_000;
const at = (iso: string): number => Date.parse(iso);
const hoursOf = (zone: string, iso: string): number => {
  const day = dayAt(zone, at(iso));
  return (day.endMs - day.startMs) / HOUR;
};

describe('the day of a zone', () => {
  test('7.2 it begins at local midnight', () => {
    expect(dayAt('UTC', at('2026-11-21T09:14:00Z'))).toEqual({
      startMs: at('2026-11-21T00:00:00Z'),
      endMs: at('2026-11-22T00:00:00Z'),
    });
    expect(dayAt('Asia/Kolkata', at('2026-11-21T20:00:00Z'))).toEqual({
      startMs: at('2026-11-21T18:30:00Z'),
      endMs: at('2026-11-22T18:30:00Z'),
    });
    expect(dayAt('America/Los_Angeles', at('2026-11-21T07:59:59.999Z'))).toEqual({
      startMs: at('2026-11-20T08:00:00Z'),
      endMs: at('2026-11-21T08:00:00Z'),
    });
  });

  test('its ends belong to one day each', () => {
    const midnight = at('2026-11-22T00:00:00Z');
    expect(dayAt('UTC', midnight - 1).endMs).toBe(midnight);
    expect(dayAt('UTC', midnight).startMs).toBe(midnight);
    expect(dayAt('UTC', midnight - 1).endMs).toBe(midnight);
  });

  test('7.2 days on which clocks change have 23 and 25 hours, in steps of half an hour too', () => {
    expect(hoursOf('Europe/Berlin', '2026-03-29T12:00:00Z')).toBe(23);
    expect(hoursOf('Europe/Berlin', '2026-10-25T00:30:00Z')).toBe(25);
    expect(hoursOf('Europe/Berlin', '2026-10-25T22:30:00Z')).toBe(25);
    expect(hoursOf('America/New_York', '2026-03-08T12:00:00Z')).toBe(23);
    expect(hoursOf('America/New_York', '2026-11-01T12:00:00Z')).toBe(25);
    expect(hoursOf('Australia/Lord_Howe', '2026-04-05T00:00:00Z')).toBe(24.5);
  });

  test('7.2 a day that does not begin at midnight begins when its date does', () => {
    // Clocks in Santiago went from 23:59:59 to 01:00 on 6 September 2026.
    const day = dayAt('America/Santiago', at('2026-09-06T12:00:00Z'));
    expect(day).toEqual({ startMs: at('2026-09-06T04:00:00Z'), endMs: at('2026-09-07T03:00:00Z') });
  });

  test('a date that a zone left out belongs to nobody', () => {
    // Samoa went from 29 to 31 December 2011.
    const before = dayAt('Pacific/Apia', at('2011-12-30T09:00:00Z'));
    expect(before.endMs).toBe(at('2011-12-30T10:00:00Z'));
    expect(dayAt('Pacific/Apia', before.endMs).startMs).toBe(before.endMs);
  });

  test('zones that do not exist are told apart', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('UTC')).toBe(true);
    expect(isTimeZone('Mars/Olympus')).toBe(false);
    expect(isTimeZone('')).toBe(false);
    expect(() => dayAt('Mars/Olympus', 0)).toThrow(RangeError);
  });
});
