import { expect, test } from 'vitest';
import { accountVault } from '../../test/kit/accounts.ts';

const ID = 'k_00000001';
const tokens = { accessToken: 'access-canary-1', refreshToken: 'refresh-canary-1' };
const renewed = { accessToken: 'access-canary-2', refreshToken: 'refresh-canary-2' };

test('the tokens of a removed account are gone, also those of a renewal that was on its way', async () => {
  const { accounts, store, text } = accountVault();
  await store({ id: ID, kind: 'codex', tokens });
  let begun: () => void = () => undefined;
  const isHeld = new Promise<void>((resolve) => {
    begun = resolve;
  });
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const renewal = accounts.whileHeld(ID, async () => {
    begun();
    await answered;
    return accounts.write(ID, { status: 'active', tokens: renewed });
  });
  await isHeld;
  const removal = accounts.change(ID, () => undefined);
  await expect.poll(() => accounts.list()).toEqual([]);
  answer();
  expect(await renewal).toBe('The account has been removed.');
  expect(await removal).toEqual({ ok: true, value: true });
  expect(text()).not.toMatch(/"tokens"/);
  expect(await accounts.write(ID, { status: 'active', tokens })).toBe('The account has been removed.');
  expect(text()).not.toMatch(/"tokens"/);
});
