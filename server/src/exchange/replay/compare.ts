// Compares two answers to one request.

import { canonicalText } from '../../core/json/canonical.ts';
import { parseJson } from '../../core/model/json.ts';
import type { ReplayAnswer, ReplayDiff, ReplayDifference, ReplayToolCall } from './report.ts';

/** Two texts as a unified diff. */
export type TextDiff = (before: string, after: string) => string;

/** How the second answer differs from the first. */
export function compareAnswers(before: ReplayAnswer, after: ReplayAnswer, textDiff?: TextDiff): ReplayDiff {
  const differences: ReplayDifference[] = [];
  const note = (
    member: ReplayDifference['member'],
    values: readonly [before: unknown, after: unknown],
    matters: boolean,
  ): void => {
    if (canonicalText(values[0]) !== canonicalText(values[1]))
      differences.push({ member, before: values[0], after: values[1], matters });
  };
  note('status', [before.status, after.status], true);
  note('error', [before.error, after.error], (before.error === undefined) !== (after.error === undefined));
  note('stop', [before.stop, after.stop], true);
  note('toolCalls', [callsOf(before), callsOf(after)], namesOf(before) !== namesOf(after));
  note('text', [before.text, after.text], (before.text === '') !== (after.text === ''));
  note('reasoning', [before.reasoning, after.reasoning], false);
  note('model', [before.model, after.model], false);
  note('upstream', [before.upstreamId, after.upstreamId], false);
  note('usage', [before.usage, after.usage], false);
  note('cost', [before.costNanoUsd, after.costNanoUsd], false);
  note('duration', [before.durationMs, after.durationMs], false);
  note('firstOutput', [before.firstOutputMs, after.firstOutputMs], false);
  return {
    same: !differences.some(({ matters }) => matters),
    differences,
    ...(before.text === after.text || textDiff === undefined
      ? {}
      : { text: textDiff(before.text, after.text) }),
  };
}

/** Times are never the same twice: these alone say nothing. */
export function isMoreThanTime({ differences }: ReplayDiff): boolean {
  return differences.some(({ member }) => member !== 'duration' && member !== 'firstOutput');
}

function namesOf({ toolCalls }: ReplayAnswer): string {
  return JSON.stringify(toolCalls.map(({ name }) => name));
}

/** Arguments as JSON values, so that white space does not count. */
function callsOf({ toolCalls }: ReplayAnswer): readonly unknown[] {
  return toolCalls.map((call: ReplayToolCall) => ({
    name: call.name,
    arguments: parseJson(call.arguments) ?? call.arguments,
  }));
}
