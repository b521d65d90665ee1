import { describe, expect, it } from 'vitest';
import { FakeReply } from '../../test/kit/fake-ports.ts';
import { createDeadlines } from './deadlines.ts';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';

function setUp(): { reply: FakeReply; heartbeat: Heartbeat; at(nowMs: number): string } {
  let nowMs = 0;
  const clock = { monotonicMs: () => nowMs, epochMs: () => nowMs };
  const deadlines = createDeadlines(clock);
  const reply = new FakeReply();
  const heartbeat = startHeartbeat({
    clock,
    deadlines,
    reply,
    everyMs: 100,
    beat: '.',
    earlyBeat: '.',
    headers: ['content-type', 'x'],
  });
  const at = (ms: number): string => {
    nowMs = ms;
    deadlines.tick();
    return reply.text();
  };
  return { reply, heartbeat, at };
}

describe('a heartbeat', () => {
  it('beats after each silence, opening the answer with the first beat', () => {
    const { reply, at } = setUp();
    expect(at(99)).toBe('');
    expect(reply.started).toBe(false);
    expect(at(100)).toBe('.');
    expect([reply.status, reply.headers]).toEqual([200, ['content-type', 'x']]);
    expect(at(199)).toBe('.');
    expect(at(200)).toBe('..');
  });

  it('is put off by everything that is sent', () => {
    const { heartbeat, at } = setUp();
    at(50);
    heartbeat.sent(90, true);
    expect(at(189)).toBe('');
    expect(at(190)).toBe('.');
  });

  it('stops for a client that does not read, and goes on when it does', () => {
    const { reply, at } = setUp();
    reply.full = true;
    expect(at(100)).toBe('.');
    expect(at(300)).toBe('.');
    reply.drain();
    expect(at(400)).toBe('..');
  });

  it('leaves a client alone that is held back by its answer', () => {
    const { heartbeat, at } = setUp();
    heartbeat.sent(10, false);
    expect(at(500)).toBe('');
    heartbeat.sent(510, true);
    expect(at(610)).toBe('.');
  });

  it('ends with the answer', () => {
    const { reply, heartbeat, at } = setUp();
    reply.end();
    expect(at(500)).toBe('');
    heartbeat.stop();
    expect(at(900)).toBe('');
  });
});
