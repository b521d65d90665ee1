import { describe, expect, test } from 'vitest';
import { changesOf, faultsByPlace, faultsIn, fieldsOf, localMoment, NEW_BUDGET, newEntry } from './entry.ts';

const written = {
  id: 'ci',
  name: 'The build servers',
  keyHash: '••••',
  models: ['gpt-*', 'fast'],
  limits: { rpm: 60, concurrency: 5 },
  budgets: [
    { period: 'day', usd: 5 },
    { period: 'month', usd: 60, warnAt: 0.9, status: 402 },
  ],
};

describe('The form of a client', () => {
  test('shows what is written, with what holds where nothing is', () => {
    const fields = fieldsOf(written);
    expect(fields).toMatchObject({
      models: 'gpt-*\nfast',
      upstreams: '',
      rpm: '60',
      tpm: '',
      unpricedModels: 'refuse',
    });
    expect(fields.budgets).toEqual([
      { period: 'day', usd: '5', warnAt: '80', status: '429' },
      { period: 'month', usd: '60', warnAt: '90', status: '402' },
    ]);
  });

  test('sends nothing where nothing has been changed, though every field was touched', () => {
    expect(changesOf(written, fieldsOf(written))).toBeUndefined();
    expect(changesOf(written, { name: 'The build servers ' })).toBeUndefined();
  });

  test('sends what was changed alone, and null for what is gone; the key is never sent', () => {
    expect(changesOf(written, { name: '', models: '' })).toEqual({ name: null, models: null });
    expect(changesOf(written, { rpm: '', tpd: '1000' })).toEqual({
      limits: { rpm: null, concurrency: 5, tpd: 1000 },
    });
    expect(changesOf(written, { rpm: '', concurrency: '' })).toEqual({ limits: null });
  });

  test('sends all budgets where one was changed', () => {
    const { budgets } = fieldsOf(written);
    expect(changesOf(written, { budgets: budgets.slice(1) })).toEqual({
      budgets: [{ period: 'month', usd: 60, warnAt: 0.9, status: 402 }],
    });
    expect(changesOf(written, { budgets: [] })).toEqual({ budgets: null });
  });

  test('a new entry has no members that nobody has filled in', () => {
    expect(newEntry({ ...fieldsOf({}), id: ' me ' })).toEqual({ id: 'me' });
    expect(newEntry({ ...fieldsOf({}), id: 'me', budgets: [{ ...NEW_BUDGET, usd: '2.5' }] })).toEqual({
      id: 'me',
      budgets: [{ period: 'month', usd: 2.5 }],
    });
  });

  test('a moment is shown in the zone of the viewer and sent with its zone', () => {
    const shown = localMoment('2027-01-31T18:00:00Z');
    expect(newEntry({ ...fieldsOf({}), expiresAt: shown })).toEqual({
      expiresAt: '2027-01-31T18:00:00.000Z',
    });
    expect(localMoment('soon')).toBe('');
  });

  test('says what is no number before it is sent, at its field', () => {
    const fields = { ...fieldsOf(written), rpm: 'many', budgets: [NEW_BUDGET] };
    expect(faultsIn(fields)).toEqual({ 'limits.rpm': 'number', 'budgets[0].usd': 'amount' });
    expect(faultsIn(fieldsOf(written))).toEqual({});
  });

  test('puts what the gateway says at its field', () => {
    expect(
      faultsByPlace([
        { path: 'clients[2].id', message: 'Taken.' },
        { path: 'clients[2].models[1]', message: 'Empty.' },
        { path: 'clients[2].budgets[0].usd', message: 'Too much.' },
        { path: '', message: 'No.' },
      ]),
    ).toEqual({ id: 'Taken.', models: 'Empty.', 'budgets[0].usd': 'Too much.', '': 'No.' });
  });
});
