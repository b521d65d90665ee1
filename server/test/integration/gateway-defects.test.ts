// A defect inside the gateway costs the one request it happens in: the client is told, the row is closed, and the process
// goes on.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { openaiChat } from '../../src/core/dialects/openai-chat/index.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import { ask } from '../kit/client.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const wire = wires['openai-chat'];
afterEach(() => vi.restoreAllMocks());

/** The registry's entry is replaced for one test: the only way to have a dialect that throws. */
function broken(method: 'peek' | 'readAnswer' | 'watch'): void {
  vi.spyOn(dialects['openai-chat'], method).mockImplementation(() => {
    throw new Error('defect');
  });
}

describe('a dialect that throws', () => {
  it.each([
    ['peek', false],
    ['readAnswer', false],
    ['watch', true],
  ] as const)('in %s ends as an internal error with its row closed', async (method, stream) => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    broken(method);
    const answer = await ask(gateway.port, wire.request('m', stream, 'Hello'));
    expect(answer.status).toBe(500);
    expect(wire.understand(answer.text(), false).error).toMatch(/The gateway failed/);
    expect(answer.text()).not.toMatch(/defect|at .*\.ts/);
    expect(gateway.closed.map(({ status, errorCode }) => [status, errorCode])).toEqual([[500, 'internal']]);
    vi.restoreAllMocks();
    expect((await ask(gateway.port, wire.request('m', stream, 'Hello'))).status).toBe(200);
  });

  it('after output ends the stream with an error event', async () => {
    const upstream = await provider((turn) => {
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      for (const event of wire.events('m', 'Hello you').slice(0, 2)) turn.piece(event);
      setTimeout(() => turn.piece(wire.events('m', 'Hello you')[2] ?? ''), 50);
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    vi.spyOn(dialects['openai-chat'], 'watch').mockImplementation((framing) => {
      const watch = Object.create(openaiChatWatch(framing));
      let blocks = 0;
      watch.read = (block: Buffer): void => {
        if (++blocks > 1) throw new Error('defect');
        Object.getPrototypeOf(watch).read(block);
      };
      return watch;
    });
    const answer = await ask(gateway.port, wire.request('m', true, 'Hello'));
    const seen = wire.understand(answer.text(), true);
    expect([answer.status, answer.end, seen.complete, seen.text]).toEqual([200, 'clean', false, 'Hel']);
    expect(seen.error).toMatch(/The gateway failed/);
    expect(gateway.closed.map(({ status, errorCode }) => [status, errorCode])).toEqual([[200, 'internal']]);
  });
});

const openaiChatWatch = openaiChat.watch;
