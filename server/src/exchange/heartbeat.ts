// Keeps the connection of a streaming client alive while the upstream is silent: proxies and watchdogs cut streams that
// say nothing for a minute. The first beat opens the answer, so from then on a failure can only be told inside the stream.

import type { Clock, Deadline, Deadlines, RawHeaders, Reply } from './ports.ts';

/** Beats of one exchange. */
export interface Heartbeat {
  /** Tells that bytes have just been sent, and whether the client takes more: while it does not, beats would only queue. */
  sent(nowMs: number, open: boolean): void;
  stop(): void;
}

/** What a heartbeat needs to know. */
export interface HeartbeatOptions {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly reply: Reply;
  readonly everyMs: number;
  /** What is sent: an event or comment without meaning. */
  readonly beat: string;
  /** The same as long as nothing of the answer has been sent. */
  readonly earlyBeat: string;
  /** Headers to open the answer with when nothing was sent before. */
  readonly headers: RawHeaders;
}

/** Starts the beats. Cheap between them: one assignment per write. */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { clock, deadlines, reply, everyMs } = options;
  let lastMs = clock.monotonicMs();
  let blocked = false;
  let begun = false;
  const deadline: Deadline = {
    dueMs: lastMs + everyMs,
    place: -1,
    expired: () => {
      const nowMs = clock.monotonicMs();
      if (reply.closed) return;
      if (nowMs - lastMs >= everyMs && !blocked) {
        if (!reply.started) reply.head(200, options.headers);
        // A client that does not read its beats gets no more of them until it does; its own deadline decides.
        blocked = !reply.write(begun ? options.beat : options.earlyBeat);
        if (blocked)
          reply.onDrain(() => {
            blocked = false;
          });
        lastMs = nowMs;
      }
      deadline.dueMs = lastMs + everyMs;
    },
  };
  deadlines.add(deadline);
  return {
    sent: (nowMs, open) => {
      begun = true;
      lastMs = nowMs;
      blocked = !open;
    },
    stop: () => deadlines.remove(deadline),
  };
}
