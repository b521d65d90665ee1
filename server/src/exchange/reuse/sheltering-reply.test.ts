import { describe, expect, test } from 'vitest';
import { FakeReply } from '../../../test/kit/fake-ports.ts';
import { createRunning } from '../running.ts';
import { Flights } from './flights.ts';
import { ShelteringReply } from './sheltering-reply.ts';

function setUp(limitBytes = 100) {
  const flights = new Flights();
  const flight = flights.begin('key');
  const outer = new FakeReply();
  const reply = new ShelteringReply(outer, flight, limitBytes);
  const seen = { gone: 0, drained: 0 };
  reply.onGone(() => void seen.gone++);
  reply.onDrain(() => void seen.drained++);
  const follower = () => {
    const own = new FakeReply();
    return { own, landing: flight.wait(own, createRunning()) };
  };
  return { flights, flight, outer, reply, seen, follower };
}

describe('the reply of one that asks for others too', () => {
  test('hands everything on, says that it was a miss, and remembers what was sent', () => {
    const { outer, reply } = setUp();
    reply.head(200, ['a', 'b']);
    expect(reply.write('one')).toBe(true);
    expect(reply.sent).toBeUndefined();
    reply.end(Buffer.from('two'));
    expect([outer.headers, outer.text(), outer.ended]).toEqual([
      ['a', 'b', 'x-sluice-cache', 'miss'],
      'onetwo',
      true,
    ]);
    expect(reply.sent).toEqual({ status: 200, pieces: ['one', Buffer.from('two')] });
    expect([reply.closed, reply.left]).toEqual([true, false]);
  });

  test('remembers nothing of an answer that is too long, and lets the others go', async () => {
    const { outer, reply, follower } = setUp(5);
    const { landing } = follower();
    reply.head(200, []);
    reply.write('123456');
    expect(await landing).toEqual({ kind: 'alone' });
    reply.end();
    expect([reply.sent, outer.text()]).toEqual([undefined, '123456']);
  });

  test('remembers nothing of an answer that was cut', () => {
    const { reply } = setUp();
    reply.head(200, []);
    reply.write('1');
    reply.cut();
    expect(reply.sent).toBeUndefined();
  });

  test('holds the upstream back for a slow reader, but not while others wait', async () => {
    const { outer, reply, seen, follower } = setUp();
    outer.full = true;
    expect([reply.write('1'), seen.drained]).toEqual([false, 0]);
    const { own, landing } = follower();
    expect(seen.drained).toBe(1);
    expect(reply.write('2')).toBe(true);
    own.leave();
    expect(await landing).toEqual({ kind: 'left' });
    expect(reply.write('3')).toBe(false);
    outer.drain();
    expect([seen.drained, outer.text()]).toEqual([2, '123']);
  });

  test('goes on when its client leaves while others wait, and ends with the last of them', async () => {
    const { outer, reply, seen, follower } = setUp();
    const [one, two] = [follower(), follower()];
    outer.leave();
    expect([seen.gone, reply.closed, reply.left]).toEqual([0, false, true]);
    expect(reply.write('1')).toBe(true);
    one.own.leave();
    expect(seen.gone).toBe(0);
    two.own.leave();
    expect([seen.gone, reply.closed]).toEqual([1, true]);
    expect((await two.landing).kind).toBe('left');
  });

  test('ends at once when its client leaves alone', () => {
    const { outer, reply, seen } = setUp();
    outer.leave();
    expect([seen.gone, reply.closed]).toEqual([1, true]);
  });

  test('lets the upstream go on that waited for the client that has left', () => {
    const { outer, reply, seen, follower } = setUp();
    outer.full = true;
    reply.write('1');
    follower();
    outer.leave();
    expect([seen.drained, seen.gone, reply.write('2')]).toEqual([1, 0, true]);
  });
});
