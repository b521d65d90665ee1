// Reads the files of one kind in the log folder, from a moment on, and then what is added to them: also when a new file
// follows the last one.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { filesOf, type LogFile } from '../../observe/files/retention.ts';
import { type LineKind, momentOf } from './logs-lines.ts';

/** Where a reader stands: the bytes that were read of each file, and the beginning of a line that is not whole. */
interface Place {
  readBytes: number;
  rest: string;
}

/** Reads one kind of file. */
export class LogReader {
  readonly #folder: string;
  readonly #kind: LineKind;
  readonly #sinceMs: number;
  readonly #places: Map<string, Place> = new Map();

  constructor(folder: string, kind: LineKind, sinceMs: number) {
    this.#folder = folder;
    this.#kind = kind;
    this.#sinceMs = sinceMs;
  }

  /** Hands over every whole line that was not handed over yet, oldest first. Answers how many files there are. */
  async read(line: (text: string) => void): Promise<number> {
    const files = await filesOf(this.#folder, this.#kind);
    for (const file of files) await this.#readFile(file, line);
    return files.length;
  }

  async #readFile({ path }: LogFile, line: (text: string) => void): Promise<void> {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return;
    let place = this.#places.get(path);
    if (place === undefined) {
      // What was last written to before the moment holds nothing of later.
      place = { readBytes: found.mtimeMs < this.#sinceMs ? found.size : 0, rest: '' };
      this.#places.set(path, place);
    }
    if (found.size <= place.readBytes) return;
    const end = found.size - 1;
    const stream = createReadStream(path, { start: place.readBytes, end, encoding: 'utf8' });
    place.readBytes = found.size;
    for await (const chunk of stream) {
      const lines = (place.rest + String(chunk)).split('\n');
      place.rest = lines.pop() ?? '';
      for (const text of lines) if ((momentOf(text) ?? this.#sinceMs) >= this.#sinceMs) line(text);
    }
  }
}
