// What costs something to find out and does not change: found out when it is first asked for.

/** A function that works once and then remembers. */
export function once<Found>(find: () => Found): () => Found {
  let known: { readonly found: Found } | undefined;
  return () => {
    known ??= { found: find() };
    return known.found;
  };
}
