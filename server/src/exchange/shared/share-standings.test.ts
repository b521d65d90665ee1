// News of standings that cross on their way: what one gateway frees is not what another has learnt since.

import { describe, expect, test } from 'vitest';
import type { Standing } from '../../core/routing/standing.ts';
import type { Place } from '../pool/places.ts';
import { Pool } from '../pool/pool.ts';
import type { News, SharedLimits } from './limits-port.ts';
import { shareStandings } from './share-standings.ts';

const POLICY = { window: 'sliding', timeZone: 'UTC' } as const;
/** Epoch milliseconds at which the monotonic clock began, by the store. */
const BASE_MS = 1_800_000_000_000;
const NAME = 'key\none\nk1';

interface Heard {
  readonly place: Place;
  readonly told: News[];
  hear(news: News): void;
  change(before: Standing | undefined, after: Standing | undefined): void;
}

/** A gateway that has been up for a second; `lagMs`: how far it is behind the time of the store. */
function gateway(lagMs = 0): Heard {
  const nowMs = 1_000;
  const pool = new Pool({ monotonicMs: () => nowMs, epochMs: () => BASE_MS + nowMs }, () => 0.5);
  const told: News[] = [];
  let listener: (news: News) => void = () => undefined;
  const shared: SharedLimits = {
    take: () => Promise.reject(new Error('Nobody asks.')),
    settle: () => undefined,
    giveBack: () => undefined,
    tell: (news) => void told.push(news),
    onNews: (heard) => {
      listener = heard;
    },
    nowMs: () => BASE_MS + nowMs - lagMs,
    fellows: 2,
    connected: true,
    joined: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const change = shareStandings(pool, shared, () => POLICY);
  const place = pool.places.at('key', 'one', 'k1');
  return {
    place,
    told,
    hear: (news) => listener(news),
    change: (before, after) => change({ place, before, after, byHand: false }),
  };
}

const standing = (sinceMs: number, untilMs: number, firm = true): Standing => ({
  state: 'cooling',
  reason: 'rate-limited',
  sinceMs,
  untilMs,
  status: 429,
  message: undefined,
  failures: 0,
  openings: 0,
  firm,
});

const freed = (atMs: number, untilMs?: number): News => ({
  kind: 'freed',
  place: NAME,
  atMs: BASE_MS + atMs,
  untilMs: untilMs === undefined ? undefined : BASE_MS + untilMs,
});

describe('what another gateway has freed', () => {
  test('16.7 P29 is not the rest that a provider has asked for since, whichever is heard first', () => {
    // A rest was over at 980, somebody was served at 990, and the next one refused at 995, until 3,995.
    for (const lagMs of [0, 5, 300]) {
      const one = gateway(lagMs);
      one.place.standing = standing(995, 3_995);
      one.hear(freed(990, 980));
      expect([lagMs, one.place.standing?.untilMs]).toEqual([lagMs, 3_995]);
    }
  });

  test('16.7 is the same rest that is known here, however young it is', () => {
    for (const [sinceMs, lagMs] of [
      [10, 0],
      [985, 0],
      [999, 15],
      [500, 300],
    ] as const) {
      const one = gateway(lagMs);
      one.place.standing = standing(sinceMs, 60_000);
      one.hear(freed(998, 60_000));
      expect([sinceMs, one.place.standing]).toEqual([sinceMs, undefined]);
    }
  });

  test('16.7 is what was only suspected before, and nothing that was learnt later', () => {
    const suspected = gateway();
    suspected.place.standing = standing(985, 16_000, false);
    suspected.hear(freed(990, 980));
    expect(suspected.place.standing).toBeUndefined();
    const later = gateway();
    later.place.standing = standing(999, 16_000, false);
    later.hear(freed(900, 60_000));
    expect(later.place.standing?.untilMs).toBe(16_000);
  });

  test('16.7 is told with the end that it would have had; a version that does not say so is believed', () => {
    const one = gateway();
    one.change(standing(100, 980), undefined);
    expect(one.told).toEqual([freed(1_000, 980)]);
    one.place.standing = standing(995, 3_995);
    one.hear(freed(990));
    expect(one.place.standing).toBeUndefined();
  });
});
