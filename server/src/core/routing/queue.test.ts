import { describe, expect, test } from 'vitest';
import { DEFAULT_QUEUE } from './policy.ts';
import { type Waiting, WaitingLine } from './queue.ts';

interface Waiter extends Waiting {
  readonly name: string;
}

const waiter = (client: string, name = client, dueMs = 60_000, notBeforeMs = 0): Waiter => ({
  client,
  name,
  dueMs,
  notBeforeMs,
});

function lineOf(...waiters: Waiter[]): WaitingLine<Waiter> {
  const line = new WaitingLine<Waiter>(DEFAULT_QUEUE);
  for (const one of waiters) line.join(one);
  return line;
}

/** Serves at most so many; the names of those that were served. */
function serveSome(line: WaitingLine<Waiter>, most: number, nowMs = 0): string[] {
  const served: string[] = [];
  line.serve(nowMs, ({ name }) => {
    if (served.length >= most) return nowMs;
    served.push(name);
    return true;
  });
  return served;
}

describe('turns', () => {
  test('7.8 clients are served in turn, those of one client first come first', () => {
    const line = lineOf(
      waiter('a', 'a1'),
      waiter('a', 'a2'),
      waiter('a', 'a3'),
      waiter('b', 'b1'),
      waiter('c', 'c1'),
    );
    expect(serveSome(line, 9)).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
    expect(line.size).toBe(0);
  });

  test('7.8 whose turn it is outlasts the call: capacity that comes one by one is shared as well', () => {
    const line = lineOf(
      waiter('a', 'a1'),
      waiter('a', 'a2'),
      waiter('a', 'a3'),
      waiter('b', 'b1'),
      waiter('b', 'b2'),
    );
    const served: string[] = [];
    while (line.size > 0) served.push(...serveSome(line, 1));
    expect(served).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
  });

  test('7.8 one that is new waits for the turns of those before it, and for no more', () => {
    const line = lineOf(waiter('a', 'a1'), waiter('a', 'a2'), waiter('b', 'b1'), waiter('b', 'b2'));
    serveSome(line, 1);
    line.join(waiter('c', 'c1'));
    expect(serveSome(line, 9)).toEqual(['b1', 'a2', 'c1', 'b2']);
  });

  test('7.8 one that cannot be served holds up nobody, and keeps its place', () => {
    const line = lineOf(waiter('a', 'stuck'), waiter('a', 'a2'), waiter('b', 'b1'));
    const served: string[] = [];
    line.serve(0, ({ name }) => {
      if (name === 'stuck') return 500;
      served.push(name);
      return true;
    });
    expect(served).toEqual(['a2', 'b1']);
    expect(serveSome(line, 9, 499)).toEqual([]);
    expect(serveSome(line, 9, 500)).toEqual(['stuck']);
  });

  test('7.8 one that was served, failed and is back goes on where it was among those of its client', () => {
    const again = waiter('a', 'again', 60_000);
    const line = lineOf(
      again,
      waiter('a', 'a2', 61_000),
      waiter('a', 'a3', 62_000),
      waiter('b', 'b1', 60_500),
    );
    expect(serveSome(line, 1)).toEqual(['again']);
    line.join(again);
    expect(serveSome(line, 9)).toEqual(['b1', 'again', 'a2', 'a3']);
  });

  test('7.8 a client whose turn could not be used has it when capacity returns', () => {
    const line = lineOf(waiter('a', 'a1'), waiter('b', 'b1'), waiter('a', 'a2'));
    line.serve(0, ({ client }) => (client === 'a' ? 10 : true));
    line.join(waiter('b', 'b2'));
    expect(serveSome(line, 1, 10)).toEqual(['a1']);
  });
});

describe('asking', () => {
  test('nobody is asked before the time that was named, however many wait', () => {
    const line = new WaitingLine<Waiter>(DEFAULT_QUEUE);
    for (let n = 0; n < 1_000; n += 1)
      line.join(waiter(`client ${n % 20}`, `${n}`, 60_000, n < 3 ? 0 : 1_000 + n));
    let asked = 0;
    const count = (): number => {
      asked += 1;
      return Number.POSITIVE_INFINITY;
    };
    line.serve(0, count);
    expect(asked).toBe(3);
    for (let nowMs = 0; nowMs < 1_003; nowMs += 1) line.serve(nowMs, count);
    expect(asked).toBe(3);
    expect(line.nextMs).toBe(1_003);
    line.serve(1_003, count);
    expect(asked).toBe(4);
    line.wake();
    line.serve(1_003, count);
    expect(asked).toBe(1_004);
  });

  test('each is asked at most once a call, whatever it answers', () => {
    const line = lineOf(waiter('a'), waiter('b'));
    const asked: string[] = [];
    line.serve(100, ({ name }) => {
      asked.push(name);
      return 0;
    });
    expect(asked).toEqual(['a', 'b']);
  });

  test('one that joins or leaves while others are asked is neither lost nor asked too early', () => {
    const late = waiter('a', 'late');
    const left = waiter('b', 'left');
    const line = lineOf(waiter('a', 'a1'), left, waiter('b', 'b2'));
    const asked: string[] = [];
    line.serve(0, ({ name }) => {
      asked.push(name);
      if (name === 'a1') {
        line.leave(left);
        line.join(late);
        line.join(waiter('new'));
      }
      return true;
    });
    expect(asked).toEqual(['a1', 'b2']);
    expect(line.size).toBe(2);
    expect(line.nextMs).toBe(0);
    expect(serveSome(line, 9)).toEqual(['new', 'late']);
  });

  test('a defect of the caller leaves the line as it was', () => {
    const line = lineOf(waiter('a'), waiter('b'));
    expect(() =>
      line.serve(0, () => {
        throw new Error('defect');
      }),
    ).toThrow('defect');
    expect(serveSome(line, 9)).toEqual(['a', 'b']);
  });
});

describe('bounds', () => {
  test('7.8 too many of one client, or of all, find the line full', () => {
    const line = new WaitingLine<Waiter>({ maxWaitMs: 1_000, maxSize: 3, maxPerClient: 2 });
    const first = waiter('a', 'a1');
    expect(line.join(first)).toBe('joined');
    expect(line.join(waiter('a', 'a2'))).toBe('joined');
    expect(line.join(waiter('a', 'a3'))).toBe('full');
    expect(line.join(waiter('b', 'b1'))).toBe('joined');
    expect(line.join(waiter('c', 'c1'))).toBe('full');
    line.leave(first);
    line.leave(first);
    expect(line.size).toBe(2);
    expect(line.join(waiter('c', 'c1'))).toBe('joined');
  });

  test('7.8 those out of patience are taken out once', () => {
    const line = lineOf(waiter('a', 'a1', 100), waiter('a', 'a2', 300), waiter('b', 'b1', 200));
    expect(line.expired(99)).toEqual([]);
    expect(line.expired(200).map(({ name }) => name)).toEqual(['a1', 'b1']);
    expect(line.expired(200)).toEqual([]);
    expect(line.size).toBe(1);
    expect(serveSome(line, 9, 200)).toEqual(['a2']);
    expect(line.nextMs).toBe(Number.POSITIVE_INFINITY);
  });

  test('a hundred thousand clients that came and went are forgotten', () => {
    const line = new WaitingLine<Waiter>({ maxWaitMs: 1_000, maxSize: 10, maxPerClient: 2 });
    const stays = waiter('stays');
    line.join(stays);
    for (let n = 0; n < 100_000; n += 1) {
      const guest = waiter(`guest ${n}`);
      expect(line.join(guest)).toBe('joined');
      line.leave(guest);
    }
    expect(serveSome(line, 9)).toEqual(['stays']);
    expect((line as unknown as { clients: Map<string, unknown> }).clients.size).toBeLessThan(100);
  });
});
