// What a conversion could not carry over as it was. Nothing disappears in silence: whoever drops or bends something says so.

/** dropped: gone. approximated: the nearest thing there is. emulated: done by the gateway. defaulted: a value had to be invented. */
export type LossAction = 'dropped' | 'approximated' | 'emulated' | 'defaulted';

/**
 * hint: the answer is the same without it (cache marks, metadata). quality: the answer may be a bit worse or other.
 * semantic: the answer would be one to another question.
 */
export type LossSeverity = 'hint' | 'quality' | 'semantic';

/** One loss. */
export interface Loss {
  /** Where it stood in the request or answer, in the words of the format it came in: "tools[2].strict". */
  readonly path: string;
  /** What it is called in the conversion matrix, in kebab-case: "top-k", "stop-sequences", "hosted-tool". */
  readonly feature: string;
  readonly action: LossAction;
  readonly severity: LossSeverity;
  /** One sentence. */
  readonly note: string;
}

/** Collects the losses of one exchange. */
export interface LossReport {
  add(loss: Loss): void;
  readonly losses: readonly Loss[];
}

/** An empty report. A loss that repeats another one word for word is kept once. */
export function lossReport(): LossReport {
  const losses: Loss[] = [];
  const seen = new Set<string>();
  return {
    losses,
    add(loss) {
      const key = `${loss.path}\n${loss.feature}\n${loss.action}\n${loss.note}`;
      if (seen.has(key)) return;
      seen.add(key);
      losses.push(loss);
    },
  };
}
