// Headers as they stood on the wire, in one flat list: name, value, name, value, …

/** First value of a header (lower-case name), or undefined. */
export function headerOf(headers: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const candidate = headers[i];
    if (candidate?.length === name.length && candidate.toLowerCase() === name) return headers[i + 1];
  }
  return undefined;
}
