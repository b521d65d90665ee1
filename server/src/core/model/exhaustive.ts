// Makes the compiler check that everything was decided.

/** Called with what destructuring left over: fails to compile when a member was forgotten. */
export function nothingLeft(_rest: Readonly<Record<string, never>>): void {
  // The type is all there is to it.
}

/** The default of a switch over a closed union: fails to compile when a case was forgotten. */
export function unreachable(value: never): never {
  throw new Error(`Unexpected value: ${String(value)}`);
}

/**
 * The same as `nothingLeft` without any work at run time, for nodes that a request has thousands of: to be called once, as
 * a module is loaded, with the names of the members that are dealt with. Fails to compile when one was forgotten.
 */
export function nothingForgotten<Node, Handled extends keyof Node>(
  ..._forgotten: [Exclude<keyof Node, Handled>] extends [never] ? [] : [Exclude<keyof Node, Handled>]
): void {
  // The type is all there is to it.
}
