// Asks the cluster as many clients at once would, and writes down every answer.

/** One answer, or none where the connection broke. */
export interface Answer {
  /** Monotonic milliseconds at which it was complete. */
  readonly atMs: number;
  readonly tookMs: number;
  /** HTTP status; 0: the connection broke. */
  readonly status: number;
  /** x-sluice-request-id; '' where there was no answer. */
  readonly id: string;
}

/** What is asked, and for how long. */
export interface Load {
  readonly origin: string;
  readonly key: string;
  readonly atOnce: number;
  /** Ends after this time, with this many answers, or when this is true. */
  readonly forMs?: number;
  readonly count?: number;
  readonly isOver?: () => boolean;
  /** With `forMs`: goes on after that until this is true, for a while: the machine may be slow. */
  readonly isEnough?: (answers: readonly Answer[]) => boolean;
  /** The model that is asked for. */
  readonly model: string;
  /** "Count to five." where absent. */
  readonly question?: string;
  /** Waits so long after each answer that is no 200, as a patient client does. */
  readonly pauseMs?: number;
}

/** For how long is waited for enough. */
const PATIENCE_MS = 30_000;

/** Runs a closed loop of `atOnce` clients. */
export async function run(load: Load): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const endMs = performance.now() + (load.forMs ?? Number.POSITIVE_INFINITY);
  const isTime = (): boolean => {
    const nowMs = performance.now();
    return nowMs < endMs || (nowMs < endMs + PATIENCE_MS && load.isEnough?.(answers) === false);
  };
  let left = load.count ?? Number.POSITIVE_INFINITY;
  const client = async (): Promise<void> => {
    while (isTime() && left > 0 && load.isOver?.() !== true) {
      left -= 1;
      const answer = await ask(load);
      answers.push(answer);
      if (answer.status !== 200 && load.pauseMs !== undefined)
        await new Promise((resolve) => setTimeout(resolve, load.pauseMs));
    }
  };
  await Promise.all(Array.from({ length: load.atOnce }, client));
  return answers;
}

async function ask({ origin, key, model, question = 'Count to five.' }: Load): Promise<Answer> {
  const beganMs = performance.now();
  const done = (status: number, id: string): Answer => {
    const atMs = performance.now();
    return { atMs, tookMs: atMs - beganMs, status, id };
  };
  try {
    const response = await fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model,
        max_tokens: 5,
        messages: [{ role: 'user', content: question }],
      }),
    });
    await response.arrayBuffer();
    return done(response.status, response.headers.get('x-sluice-request-id') ?? '');
  } catch {
    return done(0, '');
  }
}
