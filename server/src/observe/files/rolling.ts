// The part of pino-roll that is used. https://github.com/mcollina/pino-roll

/** A file that lines are written to and that another one follows by day and size. */
export interface RollingStream {
  /** False when it is full for now; what is beyond `maxLength` is dropped. */
  write(text: string): boolean;
  end(): void;
  destroy(): void;
  on(event: 'error', listener: (error: Error) => void): this;
  on(event: 'drop', listener: (text: string) => void): this;
  once(event: 'ready' | 'close', listener: () => void): this;
}

/** How such a file is made. */
export interface RollingOptions {
  /** Path without number and extension. */
  readonly file: string;
  readonly extension: string;
  readonly frequency: 'daily';
  readonly dateFormat: string;
  /** "20480b" and the like: a number and a unit. */
  readonly size: string;
  /** Permissions of new files. */
  readonly mode: number;
  /** Characters that are collected before they are written. */
  readonly minLength: number;
  /** Characters that may wait; more are dropped. */
  readonly maxLength: number;
  /** Milliseconds after which what was collected is written anyway. */
  readonly periodicFlush: number;
}
