// Two ends of a pipe in one process: as between processes, what is sent is copied and comes later.

import type { Pipe } from '../../src/workers/line.ts';

export interface PipePair {
  readonly left: Pipe;
  readonly right: Pipe;
  /** Both ends hear that the other is gone. */
  cut(): void;
}

interface End extends Pipe {
  take(message: unknown): void;
  close(): void;
}

function end(isOpen: () => boolean, other: () => End): End {
  let listener: (message: unknown) => void = () => undefined;
  const closed: (() => void)[] = [];
  return {
    send(message) {
      if (!isOpen()) return false;
      const copy: unknown = structuredClone(message);
      setImmediate(() => {
        if (isOpen()) other().take(copy);
      });
      return true;
    },
    onMessage: (heard) => {
      listener = heard;
    },
    onClose: (heard) => void closed.push(heard),
    take: (message) => listener(message),
    close: () => {
      for (const heard of closed.splice(0)) heard();
    },
  };
}

export function pipePair(): PipePair {
  let open = true;
  const left: End = end(
    () => open,
    () => right,
  );
  const right: End = end(
    () => open,
    () => left,
  );
  return {
    left,
    right,
    cut: () => {
      open = false;
      left.close();
      right.close();
    },
  };
}
