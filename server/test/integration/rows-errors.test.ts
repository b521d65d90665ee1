// What every failed request tells its client, whatever the format: whose fault it was, what to do, what was tried, and
// under which id to ask about it.

import { describe, expect, test } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { askFor, refuseWith } from '../kit/asking.ts';
import { NEVER_RESTS } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

describe.each(DIALECT_IDS)('errors in the words of %s', (dialect) => {
  test('10.10 an error that the gateway words has a request id, a code, what was tried, and is found in the ledger', async () => {
    const upstream = await provider((turn) => turn.socket.destroy());
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets: ['sk-first-key-000001', 'sk-second-key-00002'] }],
      health: NEVER_RESTS,
    });
    const answer = await askFor(gateway, { dialect });
    expect(answer.status).toBe(502);
    const id = answer.header('x-sluice-request-id');
    expect(id).toBeTruthy();
    expect(answer.header('x-request-id')).toBe(id);
    expect(answer.header('x-sluice-error')).toBe('upstream_closed');
    expect(answer.header('x-sluice-attempts')).toBe('2');
    expect(answer.header('x-sluice-tried')).toMatch(/^one\/k1=broken-answer, one\/k2=broken-answer$/);
    expect((await gateway.row(id)).errorCode).toBe('upstream_closed');
  });

  test('10.10 an error that goes through as the provider worded it has them too', async () => {
    const upstream = await provider((turn) => refuseWith(turn, 429, 'Slow down.'));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets: ['sk-first-key-000001', 'sk-second-key-00002'] }],
      health: NEVER_RESTS,
    });
    const answer = await askFor(gateway, { dialect });
    expect(answer.status).toBe(429);
    expect(answer.text()).toContain('Slow down.');
    expect(answer.header('x-sluice-request-id')).toBeTruthy();
    expect(answer.header('x-sluice-error')).toBe('upstream_error');
    expect(answer.header('x-sluice-tried')).toMatch(/^one\/k1=[\w-]+\(429\), one\/k2=[\w-]+\(429\)$/);
  });

  test('a request that is wrong is told what to do', async () => {
    const gateway = await gatewayWith({ upstreams: [{ origin: 'http://127.0.0.1:9', models: ['gpt-5'] }] });
    const answer = await askFor(gateway, { dialect, model: 'gpt-6' });
    expect(answer.status).toBe(404);
    expect(answer.header('x-sluice-error')).toBe('model_not_found');
    expect(answer.text()).toContain('gpt-5');
  });
});
