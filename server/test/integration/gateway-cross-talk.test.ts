// Many requests at once over reused connections: each gets its own answer, also from a provider that sends unasked ones.

import { Agent } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { ask } from '../kit/client.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 40 });
afterAll(() => agent.destroy());

const jobs = Array.from({ length: 300 }, (_, index) => ({
  text: `answer-${index}-${'x'.repeat(index % 50)}`,
  stream: index % 2 === 0,
  dialect: DIALECT_IDS[index % 4] ?? 'openai-chat',
}));

async function run(port: number): Promise<void> {
  await Promise.all(
    jobs.map(async ({ text, stream, dialect }) => {
      const answer = await ask(port, { ...wires[dialect].request('m', stream, `say:${text}`), agent });
      expect(wires[dialect].understand(answer.text(), stream)).toEqual({
        text,
        complete: true,
        error: undefined,
      });
    }),
  );
}

describe('300 distinct requests at once', () => {
  it('get their own answers', async () => {
    const upstream = await provider((turn) => void setTimeout(() => turn.healthy(), (turns() * 7) % 20));
    const turns = (): number => upstream.turns.length;
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    for (let round = 0; round < 2; round++) await run(gateway.port);
    expect(gateway.closed.length).toBe(600);
    expect(gateway.closed.every(({ status }) => status === 200)).toBe(true);
    expect(upstream.connections).toBeLessThan(600);
  });

  it('get their own answers from a provider that plants others behind them', async () => {
    const planted = wires['openai-chat'].json('m', 'planted');
    const upstream = await provider((turn) => {
      turn.healthy();
      const plant = (): boolean =>
        turn.socket.write(
          `HTTP/1.1 200 OK\r\nContent-Length: ${planted.length}\r\nContent-Type: application/json\r\n\r\n${planted}`,
        );
      if (upstream.turns.length % 2 === 0) plant();
      else setTimeout(plant, 1);
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    for (let round = 0; round < 3; round++) await run(gateway.port);
    expect(gateway.closed.length).toBe(900);
  });
});
