// Reads the one string out of `{"input": "…"}` while it is still being written, in pieces of any size. Models that know
// no free-text tools are given such a function instead; their users want the text itself, as it comes (G38).

const HIGH_SURROGATE = 0xd800;
const LOW_SURROGATE = 0xdc00;

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/**
 * Where in the object the reader stands.
 * key: before a member's name or the end. name: in a name. colon, value: before either. skip: in a value that is not the
 * input. input: in the wanted string. next: after a value. done: all that is wanted has been seen. raw: this is not the
 * expected object; everything goes through as it is.
 */
type State = 'start' | 'key' | 'name' | 'colon' | 'value' | 'skip' | 'input' | 'next' | 'done' | 'raw';

/** Takes the arguments of one call and gives the input. */
export interface InputUnwrapper {
  /** The next piece of the arguments; gives what is now known of the input, which may be nothing. */
  push(piece: string): string;
  /** The arguments are complete; gives the rest of the input. */
  end(): string;
}

/** A reader for the arguments of one call. Text that is not the expected object is itself taken for the input. */
export function unwrapInput(): InputUnwrapper {
  let state: State = 'start';
  /** All that came, until it is clear that it is not the input itself. */
  let kept = '';
  /** The name of the member that is being read. */
  let name = '';
  let members = 0;
  /** In a skipped value: how many brackets are open, and whether it is inside a string. */
  let depth = 0;
  let quoted = false;
  /** An escape that is not complete: a backslash and what followed it. */
  let sequence = '';
  /** The first half of a character whose second half has not come. */
  let half = '';

  /** Reads the inside of a string up to its end or the end of the piece. */
  function readString(piece: string, from: number): { text: string; at: number; closed: boolean } {
    let text = '';
    let at = from;
    while (at < piece.length) {
      if (sequence !== '') {
        sequence += piece[at];
        at += 1;
        const meant = unescaped(sequence);
        if (meant === undefined) continue;
        text += meant;
        sequence = '';
        continue;
      }
      const until = endOfRun(piece, at);
      text += piece.slice(at, until);
      at = until;
      if (at === piece.length) break;
      at += 1;
      if (piece[at - 1] === '"') return { text, at, closed: true };
      sequence = '\\';
    }
    return { text, at, closed: false };
  }

  /** Steps over one character of a value that is not wanted. Gives the state after it. */
  function skip(char: string): State {
    if (sequence !== '') sequence = '';
    else if (quoted) {
      if (char === '\\') sequence = char;
      else if (char === '"') {
        quoted = false;
        if (depth === 0) return 'next';
      }
    } else if (char === '"') quoted = true;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') {
      // A bracket that closes nothing inside this value closes the object itself.
      if (depth === 0) return 'done';
      depth -= 1;
      if (depth === 0) return 'next';
    } else if (char === ',' && depth === 0) return 'key';
    return 'skip';
  }

  /** The state after one character between names and values. */
  function step(char: string): State {
    if (state === 'skip') return skip(char);
    if (char === ' ' || char === '\n' || char === '\r' || char === '\t') return state;
    switch (state) {
      case 'start':
        return char === '{' ? 'key' : 'raw';
      case 'key':
        if (char === '}') return 'done';
        if (char !== '"') return 'raw';
        name = '';
        members += 1;
        return 'name';
      case 'colon':
        return char === ':' ? 'value' : 'raw';
      case 'value':
        if (name === 'input') return char === '"' ? 'input' : 'raw';
        depth = 0;
        quoted = false;
        return skip(char);
      case 'next':
        if (char === ',') return 'key';
        return char === '}' ? 'done' : 'raw';
      default:
        return state;
    }
  }

  /** Holds back the first half of a character at the end of a piece. */
  function whole(text: string): string {
    if (half !== '') {
      text = half + text;
      half = '';
    }
    const last = text.charCodeAt(text.length - 1);
    if (last >= HIGH_SURROGATE && last < LOW_SURROGATE) {
      half = text.slice(-1);
      return text.slice(0, -1);
    }
    return text;
  }

  function push(piece: string): string {
    if (state === 'raw') return whole(piece);
    if (state === 'done' && kept === '') return '';
    if (state !== 'input') kept += piece;
    let input = '';
    let at = 0;
    while (at < piece.length) {
      if (state === 'input' || state === 'name') {
        const read = readString(piece, at);
        at = read.at;
        if (state === 'name') {
          name += read.text;
          if (read.closed) state = 'colon';
          continue;
        }
        input += read.text;
        if (!read.closed) continue;
        state = 'done';
        break;
      }
      if (state === 'done') break;
      state = step(piece.charAt(at));
      at += 1;
      if (state === 'input') kept = '';
      else if (state === 'raw') {
        const all = kept;
        kept = '';
        return whole(all);
      }
    }
    if (input !== '') return whole(input);
    return '';
  }

  function end(): string {
    let rest = half;
    // What is still kept held no input: nothing at all, an object without members, or something else entirely.
    if (kept !== '' && !(state === 'start' || (state === 'done' && members === 0))) rest += kept;
    kept = '';
    half = '';
    state = 'done';
    return rest;
  }

  return { push, end };
}

/** The input in complete arguments. */
export function unwrappedInput(wrapped: string): string {
  const unwrapper = unwrapInput();
  return unwrapper.push(wrapped) + unwrapper.end();
}

/** Where the text stops being plain: at a quotation mark, at a backslash, or at its end. */
function endOfRun(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22 || code === 0x5c) return at;
    at += 1;
  }
  return at;
}

/** What an escape stands for; undefined while it is incomplete. One that JSON does not know stands for itself. */
function unescaped(sequence: string): string | undefined {
  const kind = sequence.charAt(1);
  if (kind === 'u') {
    if (sequence.length < 6) return undefined;
    const digits = sequence.slice(2);
    return /^[0-9a-f]{4}$/i.test(digits) ? String.fromCharCode(Number.parseInt(digits, 16)) : sequence;
  }
  if (kind === '"' || kind === '\\' || kind === '/') return kind;
  return ESCAPES[kind] ?? sequence;
}
