// What two processes of one gateway say to each other: questions with answers, and messages without. A line that is cut
// answers nothing any more, and says so at once; nobody waits for an answer longer than was agreed.

/** A pipe for whole messages, such as the one between a process and its child. */
export interface Pipe {
  /** False: it did not leave. */
  send(message: object): boolean;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
}

/** One end of a line. */
export interface Line {
  readonly open: boolean;
  /** Asks the other end; undefined where it did not answer within the time, or is gone. Never rejects. */
  ask(topic: string, question: unknown, withinMs: number): Promise<unknown>;
  /** Says something that needs no answer. Never blocks. */
  tell(topic: string, message: unknown): void;
  /** Answers the questions of the other end about a topic. */
  answer(topic: string, answer: (question: unknown) => unknown): void;
  /** Hears what the other end says about a topic. */
  hear(topic: string, listener: (message: unknown) => void): void;
  /** Called once, when the other end is gone. */
  onEnd(listener: () => void): void;
}

/** On the pipe. `ask` and `reply` of one number belong together. */
interface Message {
  readonly kind: 'ask' | 'reply' | 'tell';
  readonly number: number;
  readonly topic: string;
  readonly body: unknown;
}

interface Waiting {
  done(answer: unknown): void;
  readonly late: NodeJS.Timeout;
}

/** Makes the end of a line that a pipe leads to. */
export function createLine(pipe: Pipe): Line {
  return new PipeLine(pipe);
}

class PipeLine implements Line {
  readonly #pipe: Pipe;
  readonly #waiting: Map<number, Waiting> = new Map();
  readonly #answers: Map<string, (question: unknown) => unknown> = new Map();
  readonly #listeners: Map<string, (message: unknown) => void> = new Map();
  readonly #ends: (() => void)[] = [];
  #last = 0;
  #open = true;

  constructor(pipe: Pipe) {
    this.#pipe = pipe;
    pipe.onMessage((message) => {
      if (isMessage(message)) this.#take(message);
    });
    pipe.onClose(() => this.#end());
  }

  get open(): boolean {
    return this.#open;
  }

  ask(topic: string, question: unknown, withinMs: number): Promise<unknown> {
    const number = ++this.#last;
    return new Promise((done) => {
      if (!this.#open || !this.#pipe.send({ kind: 'ask', number, topic, body: question })) {
        done(undefined);
        return;
      }
      const late = setTimeout(() => this.#settle(number, undefined), withinMs);
      late.unref();
      this.#waiting.set(number, { done, late });
    });
  }

  tell(topic: string, message: unknown): void {
    if (this.#open) this.#pipe.send({ kind: 'tell', number: 0, topic, body: message });
  }

  answer(topic: string, answer: (question: unknown) => unknown): void {
    this.#answers.set(topic, answer);
  }

  hear(topic: string, listener: (message: unknown) => void): void {
    this.#listeners.set(topic, listener);
  }

  onEnd(listener: () => void): void {
    if (this.#open) this.#ends.push(listener);
    else listener();
  }

  #take({ kind, number, topic, body }: Message): void {
    if (kind === 'reply') this.#settle(number, body);
    else if (kind === 'tell') this.#listeners.get(topic)?.(body);
    else void this.#reply(number, topic, body);
  }

  async #reply(number: number, topic: string, question: unknown): Promise<void> {
    let body: unknown;
    try {
      body = await this.#answers.get(topic)?.(question);
    } catch {
      // To whoever asked it is the same as silence.
    }
    if (this.#open) this.#pipe.send({ kind: 'reply', number, topic, body });
  }

  #settle(number: number, answer: unknown): void {
    const waiting = this.#waiting.get(number);
    if (waiting === undefined) return;
    this.#waiting.delete(number);
    clearTimeout(waiting.late);
    waiting.done(answer);
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const number of [...this.#waiting.keys()]) this.#settle(number, undefined);
    for (const listener of this.#ends.splice(0)) listener();
  }
}

function isMessage(value: unknown): value is Message {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && 'number' in value && 'topic' in value
  );
}
