import { describe, expect, test } from 'vitest';
import { settingsOf } from '../../test/kit/gateway.ts';
import { createGuests, GUEST_MS, type Guests, MOST_GUESTS, PLAYGROUND, welcomeGuests } from './guests.ts';

function house(): { guests: Guests; time: { monotonicMs: number; epochMs: number } } {
  const time = { monotonicMs: 5, epochMs: 1_000_000 };
  const guests = createGuests({ monotonicMs: () => time.monotonicMs, epochMs: () => time.epochMs });
  return { guests, time };
}

const hashes = (guests: Guests): string[] => guests.present().map(({ keyHash }) => keyHash);

describe('guests', () => {
  test('may use everything, without a budget, and say when they have to go', () => {
    const { guests } = house();
    expect(guests.admit('aa')).toEqual({
      id: PLAYGROUND,
      enabled: true,
      keyHash: 'aa',
      expiresAtMs: 1_000_000 + GUEST_MS,
    });
  });

  test('go after an hour, each after its own, also where the time of day is set back', () => {
    const { guests, time } = house();
    guests.admit('first');
    time.monotonicMs += GUEST_MS / 2;
    guests.admit('second');
    time.epochMs -= 10 * GUEST_MS;
    time.monotonicMs += GUEST_MS / 2 - 1;
    expect(hashes(guests)).toEqual(['first', 'second']);
    time.monotonicMs += 1;
    expect(hashes(guests)).toEqual(['second']);
    time.monotonicMs += GUEST_MS / 2;
    expect(hashes(guests)).toEqual([]);
  });

  test('are sixteen at most: the one that came first gives way', () => {
    const { guests } = house();
    for (let n = 0; n <= MOST_GUESTS; n += 1) guests.admit(String(n));
    expect(hashes(guests)).toEqual(Array.from({ length: 16 }, (_, n) => String(n + 1)));
  });

  test('are the same list until one comes or goes, so that it need not be read again', () => {
    const { guests } = house();
    const nobody = guests.present();
    expect(guests.present()).toBe(nobody);
    guests.admit('a');
    expect(guests.present()).toBe(guests.present());
    expect(guests.present()).not.toBe(nobody);
  });

  test('are not welcome where a configured client has their id', () => {
    const { guests } = house();
    guests.admit('a');
    const { clients } = settingsOf({ upstreams: [] });
    expect(welcomeGuests(guests, clients)).toHaveLength(1);
    const taken = [{ id: PLAYGROUND, enabled: true, keyHash: 'b' }];
    expect(welcomeGuests(guests, taken)).toEqual([]);
    expect(welcomeGuests(undefined, clients)).toEqual([]);
  });
});
