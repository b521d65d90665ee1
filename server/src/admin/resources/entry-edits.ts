// Changes to entries with an id, as the endpoints ask for them: what is hidden in what they send stays what it is.

import { type JsonValue, jsonOf } from '../../config/document.ts';
import type { Edit } from '../../config/edit/change-text.ts';
import { isMembers, type Members } from '../../config/edit/compare.ts';
import type { ConfigEditor, Edits } from '../../config/edit/editor.ts';
import { becoming, entriesIn, indexIn, patched, type Section } from '../../config/edit/entries.ts';
import { HIDDEN } from '../../config/references.ts';
import type { Told } from '../app.ts';
import type { EntryBody } from '../contract/entries.ts';
import { noEntry, otherId } from './configured.ts';

/** The id that a body gives to its entry; '' where it gives none, which the schema of the configuration refuses. */
export function idOf(body: EntryBody): string {
  const id = body['id'];
  return typeof id === 'string' ? id : '';
}

/** How an entry is changed: PUT makes it what is sent, PATCH changes the members that are sent. */
export type Method = 'PUT' | 'PATCH';

/** The edits that change an entry, to be made when it is known how it is written; or why there are none. */
export async function replacement(
  config: ConfigEditor,
  section: Section,
  id: string,
  body: EntryBody,
  method: Method,
): Promise<{ readonly edits: Edits } | (Told<never> & { readonly ok: false })> {
  const written = await config.written();
  const missing = written === undefined || indexIn(written.value, section, id) < 0;
  if (missing) return failed(noEntry(section.slice(0, -1)));
  const named = body['id'];
  if (method === 'PUT' && named !== undefined && named !== id) return failed(otherId());
  return { edits: (value) => changed(value, section, id, body, method) };
}

function failed(answer: Told<never>): Told<never> & { readonly ok: false } {
  if (answer.ok) throw new Error('this answer is an error');
  return answer;
}

/** The edits for one state of the file. */
export function changed(
  value: JsonValue,
  section: Section,
  id: string,
  body: EntryBody,
  method: Method,
): readonly Edit[] | string {
  const index = indexIn(value, section, id);
  const before = entriesIn(value, section)[index];
  if (before === undefined) return `"${section}" has no entry "${id}".`;
  const sent = membersOf(jsonOf(body));
  const wanted = method === 'PUT' ? { id, ...sent } : membersOf(patched(before, sent));
  return becoming(section, index, before, membersOf(unhidden(before, wanted)));
}

/** The edits that take an entry out; undefined where there is none of this id. */
export async function removal(
  config: ConfigEditor,
  section: Section,
  id: string,
): Promise<Edits | undefined> {
  const written = await config.written();
  if (written === undefined || indexIn(written.value, section, id) < 0) return undefined;
  return (value) => {
    const index = indexIn(value, section, id);
    return index < 0 ? [] : [{ path: [section, index], value: undefined }];
  };
}

/** A value in which what is hidden is what stands at the same place now. */
function unhidden(before: JsonValue | undefined, after: JsonValue): JsonValue {
  if (after === HIDDEN) return before ?? after;
  if (Array.isArray(after))
    return after.map((item, index) => unhidden(Array.isArray(before) ? before[index] : undefined, item));
  if (!isMembers(after)) return after;
  const whole: Members = {};
  for (const [name, item] of Object.entries(after))
    whole[name] = unhidden(isMembers(before) ? before[name] : undefined, item);
  return whole;
}

/** The members of an object; none of anything else. */
export function membersOf(value: JsonValue): Members {
  return isMembers(value) ? value : {};
}
