// What the system says when a file cannot be read or written.

/** The code of a system error ("ENOENT"), or a word for anything else. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'an unknown error';
}
