// Undoes the content encoding of an answer while it streams. Output and input are held back like everything else, so a
// small answer that unpacks to gigabytes costs neither memory nor more than the limit.

import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { RawHeaders } from '../../exchange/ports.ts';
import type { AnswerFault } from './response-head.ts';

/** A content encoding that can be undone. */
type Coding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** Receives the decoded body. Nothing is called after decodedEnd or decodedFault. */
export interface DecodedEvents {
  /** False holds the decoder back until resume(). */
  decodedData(chunk: Buffer): boolean;
  decodedEnd(): void;
  decodedFault(fault: AnswerFault): void;
  /** The decoder takes input again. */
  decoderDrained(): void;
}

/** Encodings of one answer; a longer chain has no use but to multiply work. */
const MAX_CODINGS = 2;
/** Size of an output piece; the default of 16 KiB makes four times as many. */
const OUTPUT_BYTES = 65_536;

const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd'],
]);
/** Real encodings that are not undone here. Other unknown words ("utf-8", "none") are a server's mistake and mean nothing. */
const UNDECODABLE: ReadonlySet<string> = new Set([
  'compress',
  'x-compress',
  'dcb',
  'dcz',
  'aes128gcm',
  'exi',
]);

type Factory = (options: zlib.ZlibOptions) => Transform;
const isFactory = (value: unknown): value is Factory => typeof value === 'function';
/** node:zlib has zstd from Node 22.15 on. */
const zstdFactory: unknown = 'createZstdDecompress' in zlib ? zlib.createZstdDecompress : undefined;

/** What the content-encoding headers ask to undo, outermost first. Empty: the bytes are as they should be. */
export function readCodings(headers: RawHeaders): readonly Coding[] | AnswerFault {
  const names = codingNames(headers);
  if (names.length > MAX_CODINGS) {
    return { kind: 'protocol', what: `it has more than ${MAX_CODINGS} content encodings` };
  }
  const codings: Coding[] = [];
  for (const name of names.reverse()) {
    const coding = CODINGS.get(name);
    if (coding !== undefined && (coding !== 'zstd' || isFactory(zstdFactory))) codings.push(coding);
    else if (coding !== undefined || names.length > 1 || UNDECODABLE.has(name)) {
      return { kind: 'protocol', what: 'it has a content encoding that cannot be undone' };
    }
  }
  return codings;
}

function codingNames(headers: RawHeaders): string[] {
  const names: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index];
    if (name?.length !== 16 || name.toLowerCase() !== 'content-encoding') continue;
    for (const part of (headers[index + 1] ?? '').toLowerCase().split(',')) {
      const word = part.trim();
      if (word !== '' && word !== 'identity') names.push(word);
    }
  }
  return names;
}

/** The headers of an answer whose encoding was undone. */
export function withoutEncoding(headers: RawHeaders): RawHeaders {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const lower = name.toLowerCase();
    if (lower !== 'content-encoding' && lower !== 'content-length') kept.push(name, headers[index + 1] ?? '');
  }
  return kept;
}

function makeStage(coding: Coding, firstByte: number): Transform {
  const options = { chunkSize: OUTPUT_BYTES, flush: zlib.constants.Z_SYNC_FLUSH };
  switch (coding) {
    case 'gzip':
      return zlib.createGunzip(options);
    case 'deflate':
      // The standard means the zlib format (RFC 9110 section 8.4.1.2); some servers send the raw one.
      return (firstByte & 0x0f) === 8 ? zlib.createInflate(options) : zlib.createInflateRaw(options);
    case 'br':
      return zlib.createBrotliDecompress({
        chunkSize: OUTPUT_BYTES,
        flush: zlib.constants.BROTLI_OPERATION_FLUSH,
      });
    case 'zstd':
      if (!isFactory(zstdFactory)) throw new Error('readCodings let zstd through without support for it.');
      return zstdFactory({ chunkSize: OUTPUT_BYTES });
  }
}

/** Decodes one body. */
export class ContentDecoder {
  private readonly codings: readonly Coding[];
  private readonly limitBytes: number;
  private readonly events: DecodedEvents;
  private first: Transform | undefined = undefined;
  private last: Transform | undefined = undefined;
  private stages: Transform[] = [];
  private outputBytes = 0;
  private inputOver = false;
  private outputOver = false;
  private over = false;

  /** `codings` as readCodings gives them; `limitBytes` bounds the decoded body. */
  constructor(codings: readonly Coding[], limitBytes: number, events: DecodedEvents) {
    this.codings = codings;
    this.limitBytes = limitBytes;
    this.events = events;
  }

  /** False holds the input back until decoderDrained. */
  write(chunk: Buffer): boolean {
    if (this.over || this.outputOver) return true;
    this.first ??= this.start(chunk[0] ?? 0);
    return this.first.write(chunk);
  }

  /** The input is complete. */
  end(): void {
    this.inputOver = true;
    // A body without a byte, or with bytes behind its end, has nothing left to decode.
    if (this.first === undefined || this.outputOver) this.complete();
    else this.first.end();
  }

  resume(): void {
    this.last?.resume();
  }

  /** Stops; no more events. */
  destroy(): void {
    this.over = true;
    for (const stage of this.stages) stage.destroy();
  }

  private start(firstByte: number): Transform {
    let previous: Transform | undefined;
    for (const coding of this.codings) {
      // Only the outermost encoding can be looked at; an inner deflate is taken to be in the standard's format.
      const stage = makeStage(coding, previous === undefined ? firstByte : 8);
      stage.on('error', (error) => this.broken(coding, error));
      previous?.pipe(stage);
      this.stages.push(stage);
      previous = stage;
    }
    const [first] = this.stages;
    if (first === undefined || previous === undefined)
      throw new Error('A decoder needs at least one encoding.');
    first.on('drain', () => this.events.decoderDrained());
    this.last = previous;
    previous.on('data', (chunk: Buffer) => this.output(chunk));
    previous.on('end', () => {
      this.outputOver = true;
      if (this.inputOver) this.complete();
      else this.events.decoderDrained();
    });
    return first;
  }

  private output(chunk: Buffer): void {
    if (this.over) return;
    this.outputBytes += chunk.length;
    if (this.outputBytes > this.limitBytes) {
      this.fault({ kind: 'too_large', what: `it unpacks to more than ${this.limitBytes} bytes` });
    } else if (!this.events.decodedData(chunk)) this.last?.pause();
  }

  private broken(coding: Coding, error: Error): void {
    const early = 'code' in error && error.code === 'Z_BUF_ERROR';
    this.fault({ kind: 'protocol', what: `its ${coding} body ${early ? 'ends too early' : 'is not valid'}` });
  }

  private fault(fault: AnswerFault): void {
    if (this.over) return;
    this.destroy();
    this.events.decodedFault(fault);
  }

  private complete(): void {
    if (this.over) return;
    this.over = true;
    this.events.decodedEnd();
  }
}
