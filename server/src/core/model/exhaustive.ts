// Makes the compiler check that everything was decided.

/** Called with what destructuring left over: fails to compile when a member was forgotten. */
export function nothingLeft(_rest: Readonly<Record<string, never>>): void {
  // The type is all there is to it.
}

/** The default of a switch over a closed union: fails to compile when a case was forgotten. */
export function unreachable(value: never): never {
  throw new Error(`Unexpected value: ${String(value)}`);
}
