// Reading unknown JSON without surprises.

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** True for objects that are neither null nor arrays. */
export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at a key, or an empty one. */
export function record(value: unknown, key: string): Json {
  const inner = isRecord(value) ? value[key] : undefined;
  return isRecord(inner) ? inner : {};
}

/** The objects of the array at a key, or none. */
export function records(value: unknown, key: string): Json[] {
  const inner = isRecord(value) ? value[key] : undefined;
  return Array.isArray(inner) ? inner.filter(isRecord) : [];
}

/** The string at a key, or ''. */
export function text(value: unknown, key: string): string {
  const inner = isRecord(value) ? value[key] : undefined;
  return typeof inner === 'string' ? inner : '';
}

/** The texts of a content member, whether it is a string or a list of parts with `text`. */
function texts(content: unknown): string[] {
  const parts = Array.isArray(content) ? content : [content];
  return parts
    .map((part) => (typeof part === 'string' ? part : text(part, 'text')))
    .filter((piece) => piece.trim() !== '');
}

/** All text of a content member. */
export function contentText(content: unknown): string {
  return texts(content).join('\n');
}

/** The last text of a content member: coding agents put their own notes in front of what the person wrote. */
export function lastText(content: unknown): string {
  return texts(content).at(-1) ?? '';
}
