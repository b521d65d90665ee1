// What is wrong with a request of the unified API, in the form in which its clients read it: a tree as deep as the request,
// with the messages of each place under `_errors` (the format of zod), and a description of what was expected.

/** One thing that is wrong, and where: names of members and indexes of lists. */
export interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Messages about one place, and about the places below it under their names. */
export interface IssueTree {
  [place: string | number]: IssueTree | string[];
  _errors: string[];
}

/** Issues that are told; whoever has a thousand wrong messages learns from the first. */
const TOLD = 50;

/** Sorts issues into a tree. Paths are names that the gateway knows and indexes, never what a client chose. */
export function issueTree(issues: readonly Issue[]): IssueTree {
  const root: IssueTree = { _errors: [] };
  for (const { path, message } of issues.slice(0, TOLD)) {
    let place = root;
    for (const step of path) {
      const known = place[step];
      const next: IssueTree = known === undefined || Array.isArray(known) ? { _errors: [] } : known;
      place[step] = next;
      place = next;
    }
    place._errors.push(message);
  }
  return root;
}

/** The word for a value's type. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
