// What the resources of the configuration share: who changes which version, and what became of it as an answer.

import type { ChangeOrder, ConfigEditor, Edits, PutResult } from '../../config/edit/editor.ts';
import type { Problem } from '../../config/problem.ts';
import type { AdminCall, Caller, Issue, Told } from '../app.ts';
import { notAvailable, refused } from '../app.ts';
import type { ConfigOutcome, ConfigProblem } from '../contract/config.ts';
import type { AdminParts } from '../parts.ts';

/** The part of a call that changes need. */
export type Changing = Pick<AdminCall<unknown, unknown, unknown>, 'header' | 'who' | 'note'>;

/** The answer where the gateway has no configuration that could be changed. */
export const NO_EDITOR: Told<never> = notAvailable(
  'The configuration',
  'Start it with "sluice serve" and change it there.',
);

/** Who changes which version: If-Match names it. */
export function orderOf(call: Changing, note?: string): ChangeOrder {
  const etag = call.header('if-match');
  return {
    by: nameOf(call.who),
    ...(etag === undefined ? {} : { etag }),
    ...(note === undefined || note === '' ? {} : { note }),
  };
}

function nameOf({ kind, id }: Caller): string {
  return id === '' ? kind : `${kind} ${id}`;
}

/** A problem without the path of the file, which everybody knows by now. */
export function problemView({ severity, path, message, suggestion, line, column }: Problem): ConfigProblem {
  return {
    severity,
    path,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}

function issueOf({ path, message, suggestion, line, column }: Problem): Issue {
  return {
    path,
    message: suggestion === undefined ? message : `${message} ${suggestion}`,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}

/** What became of a change, or the error that says why not. Notes for the audit log which places were changed. */
export function outcomeOf(result: PutResult, call: Changing): ConfigOutcome | Told<never> {
  if (!result.ok) return failureOf(result);
  const { etag, file, written, created, changes, entry, reload, forgottenKeys, warnings } = result;
  for (const { path } of changes.slice(0, MOST_NOTED)) call.note(path === '' ? 'everything' : path);
  if (forgottenKeys.length > 0) call.note(`forgot keys ${forgottenKeys.join(', ')}`);
  return {
    etag,
    file,
    written,
    created,
    inForce: !written || reload.swapped,
    changes: changes.map((change) => ({ ...change })),
    ...(entry === undefined ? {} : { historyId: entry.id }),
    forgottenKeys: [...forgottenKeys],
    problems: unique([...warnings, ...reload.problems].map(problemView)),
  };
}

const MOST_NOTED = 20;

function unique(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.path} ${problem.message}`, problem])).values()];
}

function failureOf(result: PutResult & { readonly ok: false }): Told<never> {
  switch (result.why) {
    case 'conflict':
      return refused({
        status: 412,
        code: 'changed_meanwhile',
        message: 'The configuration is another one by now.',
        suggestion: `Read it again: its version is ${result.etag}.`,
      });
    case 'invalid': {
      const errors = result.problems.filter(({ severity }) => severity === 'error');
      return refused({
        status: 422,
        code: 'invalid',
        message: 'The configuration would not be valid, and stays as it is.',
        issues: errors.map(issueOf),
      });
    }
    case 'unwritable':
      return refused({
        status: 409,
        code: 'conflict',
        message: result.message,
        ...(result.suggestion === undefined ? {} : { suggestion: result.suggestion }),
      });
  }
}

/** An answer that has an outcome in it, with the new version in its headers. */
export function toldOutcome<Answer>(
  outcome: ConfigOutcome | Told<never>,
  body: (outcome: ConfigOutcome) => Answer,
  status?: number,
): Told<Answer> {
  if ('ok' in outcome) return outcome;
  const headers = { etag: outcome.etag };
  return { ok: true, body: body(outcome), headers, ...(status === undefined ? {} : { status }) };
}

/** Changes single values; a text of `edits` that says why there are none is answered as 404 or 409. */
export async function change(
  config: ConfigEditor,
  call: Changing,
  edits: Edits,
  more: Partial<ChangeOrder> = {},
): Promise<ConfigOutcome | Told<never>> {
  return outcomeOf(await config.change(edits, { ...orderOf(call), ...more }), call);
}

/** There is no entry of this id. */
export function noEntry(what: string, suggestion?: string): Told<never> {
  const message = `The configuration has no ${what} of this id.`;
  return refused({ status: 404, code: 'not_found', message, ...(suggestion && { suggestion }) });
}

/** There is an entry of this id already. */
export function alreadyThere(what: string): Told<never> {
  return refused({ status: 409, code: 'conflict', message: `There is a ${what} of this id already.` });
}

/** What a body says of the id has to be what the path says. */
export function otherId(): Told<never> {
  const issues = [{ path: 'id', message: 'Is not the id in the path.' }];
  return refused({ status: 400, code: 'invalid', message: 'The body names another id.', issues });
}

/** Parts with an editor. */
export type EditorParts = AdminParts & { readonly config: ConfigEditor };

/** True where the configuration can be changed. */
export function hasEditor(parts: AdminParts): parts is EditorParts {
  return parts.config !== undefined;
}
