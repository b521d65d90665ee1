// Members of a body that a vendor insists on or refuses, where it is stricter than the format that it speaks. A body that
// keeps to the rules goes through as it is; any other is written anew by a conversion, which tells what it leaves out.

import type { Bytes } from '../bytes.ts';
import { scanObject } from '../json/scan.ts';
import type { JsonObject } from '../model/json.ts';
import type { LossReport, LossSeverity } from '../model/loss.ts';

/** A member that is refused by its mere presence. */
export interface RefusedMember {
  readonly member: string;
  /** What the loss is called. */
  readonly feature: string;
  readonly severity: LossSeverity;
  /** The format wants a limit of output even where the client has asked for none: only one that was asked for is a loss. */
  readonly ofLimit?: true;
}

/** What a vendor wants of a body. */
export interface BodyRules {
  /** Bodies of its own format are written anew, too: it does not really speak it. */
  readonly always?: true;
  /** Members that must be there with this value. */
  readonly fixed: Readonly<Record<string, boolean>>;
  /** Members that are added where they are missing. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly refused: readonly RefusedMember[];
}

/** True for a body that the vendor takes as it is. */
export function keepsTo({ always, fixed, refused }: BodyRules, body: Bytes): boolean {
  if (always === true) return false;
  const wanted = Object.entries(fixed);
  const names = [...wanted.map(([name]) => name), ...refused.map(({ member }) => member)];
  const scan = scanObject(
    body,
    names.map((name) => [name]),
  );
  if (!scan.ok) return false;
  const isRight = wanted.every(([, value], at) => scan.found[at]?.kind === String(value));
  return isRight && scan.found.slice(wanted.length).every((found) => found === undefined);
}

/** A body that the vendor takes; the losses say what it cannot carry. `limited`: the client has asked for a limit of output. */
export function withBodyRules(
  { fixed, defaults, refused }: BodyRules,
  body: JsonObject,
  limited: boolean,
  losses: LossReport,
): JsonObject {
  const kept: Record<string, unknown> = { ...defaults, ...body };
  for (const { member, feature, severity, ofLimit } of refused) {
    if (kept[member] === undefined || kept[member] === null || (ofLimit === true && !limited)) continue;
    const note = `The upstream does not take ${member}.`;
    losses.add({ path: member, feature, action: 'dropped', severity, note });
  }
  for (const { member } of refused) delete kept[member];
  return { ...kept, ...fixed };
}
