// The log: one JSON line per event, or one readable line on a terminal. Everything that passes is redacted here, whoever
// wrote it.

import pino from 'pino';
import pretty from 'pino-pretty';
import type { LedgerClosing, Log } from '../exchange/ports.ts';
import { exchangeMembers, exchangeSentence } from './exchange-line.ts';
import { type LogSink, openSink } from './log-sink.ts';
import type { Redactor } from './redact.ts';
import { timeText } from './time-text.ts';

/** How much is written. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Parts of the gateway whose lines may have a level of their own; what belongs to none has that of the log. */
export type LogModule = 'exchanges' | 'config' | 'storage' | 'cache' | 'prices' | 'admin';

/** Levels of their own. */
export type LogLevels = { readonly [Module in LogModule]?: LogLevel | undefined };

/** How the log is made. */
export interface LogOptions {
  readonly level: LogLevel;
  readonly levels?: LogLevels | undefined;
  /** Absolute path; undefined = standard output. */
  readonly file: string | undefined;
  /** Whether standard output is a terminal; without effect on a file. */
  readonly terminal: boolean;
  readonly redactor: Redactor;
  /** Takes the place of file and standard output. */
  readonly sink?: LogSink;
}

type Fields = Readonly<Record<string, unknown>>;

/** The log as one part of the gateway sees it. */
export interface ModuleLog extends Pick<Log, 'warn' | 'error'> {
  info(message: string, fields?: Fields): void;
  debug(message: string, fields?: Fields): void;
}

/** The log as the program sees it. Nothing here throws. */
export interface ProgramLog extends Log, ModuleLog {
  /** The log of one part: its lines name it. */
  of(module: LogModule): ModuleLog;
  /** Without `levels`, parts with a level of their own keep it. */
  setLevel(level: LogLevel, levels?: LogLevels): void;
  /** Hands what was collected to the operating system before it returns; for when the process must end at once. */
  flush(): void;
  /** Opens the file again after a log rotator moved it (SIGHUP). */
  reopen(): void;
  /** Resolves when every line is out. */
  close(): Promise<void>;
}

/** A log, or why there is none, in words for the operator. */
export type LogCreated =
  | { readonly ok: true; readonly log: ProgramLog }
  | { readonly ok: false; readonly message: string };

/** Opens the log. */
export function createLog(options: LogOptions): LogCreated {
  const readable = options.terminal && options.file === undefined;
  let sink: LogSink;
  try {
    sink = options.sink ?? openSink({ file: options.file, prompt: readable });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      message: `The log cannot be written to ${options.file ?? 'standard output'} (${detail}). Make the file and its folder writable for this user, or set log.file to another path.`,
    };
  }
  return { ok: true, log: readable ? terminalLog(options, sink) : jsonLog(options, sink) };
}

function jsonLog({ level, levels, redactor }: LogOptions, sink: LogSink): ProgramLog {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string): { level: string } => ({ level: label }) },
    },
    { write: (line) => sink.write(redactor.redact(line)) },
  );
  const modules = modulesOf(logger, levels);
  const exchanges = modules.logger('exchanges');
  return {
    ...common(logger, modules, sink),
    exchange(opening, closing) {
      const label = severity(closing);
      if (!exchanges.isLevelEnabled(label)) return;
      // The line that pino would write, in a fraction of the time: its texts are redacted one by one and remembered.
      const members = exchangeMembers(opening, closing, redactor);
      sink.write(`{"level":"${label}","time":"${timeText(Date.now())}",${members},"msg":"exchange"}\n`);
    },
  };
}

function terminalLog({ level, levels, redactor }: LogOptions, sink: LogSink): ProgramLog {
  const prettify = pretty.prettyFactory({
    colorize: true,
    translateTime: 'HH:MM:ss.l',
    ignore: 'pid,hostname,module',
  });
  const write = (line: string): void => {
    sink.write(prettify(redactor.redact(line)) ?? '');
  };
  const logger = pino({ base: null, level }, { write });
  const modules = modulesOf(logger, levels);
  const exchanges = modules.logger('exchanges');
  return {
    ...common(logger, modules, sink),
    exchange(opening, closing) {
      const label = severity(closing);
      if (exchanges.isLevelEnabled(label))
        exchanges[label](printable(exchangeSentence(opening, closing, redactor)));
    },
  };
}

/** The loggers of the parts, made when they are asked for. */
interface Modules {
  logger(module: LogModule): pino.Logger;
  setLevel(level: LogLevel, levels: LogLevels | undefined): void;
}

function modulesOf(root: pino.Logger, levels: LogLevels | undefined): Modules {
  const made = new Map<LogModule, pino.Logger>();
  let own = levels ?? {};
  return {
    logger(module) {
      const known = made.get(module);
      if (known !== undefined) return known;
      const child = root.child({ module }, { level: own[module] ?? root.level });
      made.set(module, child);
      return child;
    },
    setLevel(level, changed) {
      own = changed ?? own;
      root.level = level;
      for (const [module, logger] of made) logger.level = own[module] ?? level;
    },
  };
}

function moduleLog(logger: pino.Logger): ModuleLog {
  const say =
    (severity: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: Fields = {}): void => {
      logger[severity](withErrors(fields), printable(message));
    };
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
}

/** Everything but exchanges. */
function common(logger: pino.Logger, modules: Modules, sink: LogSink): Omit<ProgramLog, 'exchange'> {
  return {
    ...moduleLog(logger),
    of: (module) => moduleLog(modules.logger(module)),
    setLevel: (level, levels) => modules.setLevel(level, levels),
    flush: () => sink.flush(),
    reopen: () => sink.reopen(),
    close: () => sink.close(),
  };
}

/** Failures of the gateway or of all upstreams stand out; what the client did wrong is its own affair. */
function severity(closing: LedgerClosing): 'info' | 'warn' {
  return closing.status >= 500 ? 'warn' : 'info';
}

/** An error has no enumerable members: without this it would be logged as {}. */
function withErrors(fields: Fields): Fields {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    plain[name] = value instanceof Error ? { message: value.message, stack: value.stack } : value;
  }
  return plain;
}

/** Names that others choose must not move the cursor of a terminal or begin a line of their own. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}
