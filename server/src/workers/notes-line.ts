// Shared notes at the other end of a line. What a worker leads and follows has a number on the line.

import type { Following, LeadEnd, Leading, NoteKind, SharedNotes } from '../exchange/ports.ts';
import type { Line } from './line.ts';

const WITHIN_MS = 50;

type Ending = LeadEnd | 'lost' | 'unknown';

interface Put {
  readonly kind: NoteKind;
  readonly key: string;
  readonly text: string;
  readonly ttlMs: number;
}

/** Notes as a worker sees them. */
export function notesOver(line: Line): SharedNotes {
  const following = new Map<number, (how: Ending) => void>();
  line.hear('notes.ended', (body) => {
    const { number, how } = body as { number: number; how: Ending };
    const tell = following.get(number);
    following.delete(number);
    tell?.(how);
  });
  line.onEnd(() => {
    for (const tell of following.values()) tell('unknown');
    following.clear();
  });
  let last = 0;
  return {
    async find(kind, keys) {
      const found = await line.ask('notes.find', { kind, keys }, WITHIN_MS);
      return found instanceof Map ? found : new Map();
    },
    put: (kind, key, text, ttlMs) => line.tell('notes.put', { kind, key, text, ttlMs } satisfies Put),
    putFirst: (kind, key, text, ttlMs) =>
      line.tell('notes.putFirst', { kind, key, text, ttlMs } satisfies Put),
    async lead(key) {
      const number = ++last;
      const heard = follower(() => {
        following.delete(number);
        line.tell('notes.leave', number);
      });
      // It may be over before the answer is read.
      following.set(number, heard.tell);
      const role = await line.ask('notes.lead', { key, number }, WITHIN_MS);
      if (role === 'follow') return heard.following;
      following.delete(number);
      if (role === 'lead') return leader(line, number);
      // What the keeper says later nobody here would ever end, and others would wait for it.
      line.tell('notes.forget', number);
      return undefined;
    },
    close: () => line.tell('notes.close', undefined),
  };
}

function leader(line: Line, number: number): Leading {
  let ended = false;
  return {
    kind: 'lead',
    end(how) {
      if (!ended) line.tell('notes.end', { number, how });
      ended = true;
    },
  };
}

/** One that waits, and how it is told. */
function follower(left: () => void): { readonly following: Following; tell(how: Ending): void } {
  let told: Ending | undefined;
  let listener: ((how: Ending) => void) | undefined;
  const tell = (how: Ending): void => {
    if (told !== undefined) return;
    told = how;
    listener?.(how);
  };
  return {
    tell,
    following: {
      kind: 'follow',
      onEnd(heard) {
        if (told === undefined) listener = heard;
        else heard(told);
      },
      leave() {
        told ??= 'unknown';
        left();
      },
    },
  };
}

/** Answers a worker from a view of its own, which is closed when the worker is gone: what it led is then given up. */
export function serveNotes(line: Line, notes: SharedNotes): void {
  const leading = new Map<number, Leading>();
  const following = new Map<number, Following>();
  /** Asked for, and neither given nor forgotten yet. */
  const asked = new Set<number>();
  line.answer('notes.find', (body) => {
    const { kind, keys } = body as { kind: NoteKind; keys: readonly string[] };
    return notes.find(kind, keys);
  });
  line.hear('notes.put', (body) => {
    const { kind, key, text, ttlMs } = body as Put;
    notes.put(kind, key, text, ttlMs);
  });
  line.hear('notes.putFirst', (body) => {
    const { kind, key, text, ttlMs } = body as Put;
    notes.putFirst(kind, key, text, ttlMs);
  });
  line.answer('notes.lead', async (body) => {
    const { key, number } = body as { key: string; number: number };
    asked.add(number);
    const role = await notes.lead(key);
    if (!asked.delete(number)) {
      if (role?.kind === 'lead') role.end('failed');
      else role?.leave();
      return undefined;
    }
    if (role?.kind === 'lead') leading.set(number, role);
    if (role?.kind === 'follow') {
      following.set(number, role);
      role.onEnd((how) => {
        following.delete(number);
        line.tell('notes.ended', { number, how });
      });
    }
    return role?.kind;
  });
  line.hear('notes.end', (body) => {
    const { number, how } = body as { number: number; how: LeadEnd };
    leading.get(number)?.end(how);
    leading.delete(number);
  });
  line.hear('notes.forget', (body) => {
    const number = Number(body);
    if (asked.delete(number)) return;
    leading.get(number)?.end('failed');
    leading.delete(number);
    following.get(number)?.leave();
    following.delete(number);
  });
  line.hear('notes.leave', (number) => {
    following.get(Number(number))?.leave();
    following.delete(Number(number));
  });
  line.hear('notes.close', () => notes.close());
  line.onEnd(() => notes.close());
}
