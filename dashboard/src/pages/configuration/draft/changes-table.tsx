// What a change does, place by place, and what the gateway says of it.

import type { ReactElement } from 'react';
import type { ConfigChange, ConfigProblem } from '../../../../../server/src/admin/contract.ts';
import { useMessages } from '../../../language/messages.ts';
import { Badge } from '../../../ui/badge.tsx';
import { classes } from '../../../ui/classes.ts';
import { valueText } from '../form/value-words.ts';
import { configurationMessages } from '../messages.ts';

/** The places that differ. */
export function ChangesTable({ changes }: { readonly changes: readonly ConfigChange[] }): ReactElement {
  const text = useMessages(configurationMessages);
  const head = 'px-2 py-1 font-medium';
  const cell = 'break-all px-2 py-1.5 align-top font-mono text-xs';
  return (
    <table className="w-full border-collapse text-sm">
      <caption className="sr-only">{text.whatChanges}</caption>
      <thead>
        <tr className="border-line border-b text-left text-faint text-xs">
          <th scope="col" className={head}>
            {text.path}
          </th>
          <th scope="col" className={head}>
            {text.before}
          </th>
          <th scope="col" className={head}>
            {text.after}
          </th>
          <th scope="col" className={classes(head, 'whitespace-nowrap')}>
            {text.effect}
          </th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={change.path} className="border-line border-b last:border-b-0">
            <td className={cell}>{change.path}</td>
            <td className={classes(cell, 'text-bad')}>
              {change.before === undefined ? (
                <span className="font-sans text-faint">{text.notThere}</span>
              ) : (
                valueText(change.before)
              )}
            </td>
            <td className={classes(cell, 'text-good')}>
              {change.after === undefined ? (
                <span className="font-sans text-faint">{text.isGone}</span>
              ) : (
                valueText(change.after)
              )}
            </td>
            <td className="px-2 py-1.5 align-top">
              {change.takesEffect === 'now' ? (
                <Badge>{text.now}</Badge>
              ) : (
                <Badge tone="caution">{text.atStart}</Badge>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What is wrong, or worth knowing, with its place. */
export function Problems({ problems }: { readonly problems: readonly ConfigProblem[] }): ReactElement | null {
  const text = useMessages(configurationMessages);
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  return (
    <>
      <ProblemList title={text.notValid} problems={errors} tone="bad" />
      <ProblemList title={text.warnings} problems={warnings} tone="caution" />
    </>
  );
}

function ProblemList({
  title,
  problems,
  tone,
}: {
  readonly title: string;
  readonly problems: readonly ConfigProblem[];
  readonly tone: 'bad' | 'caution';
}): ReactElement | null {
  const text = useMessages(configurationMessages);
  if (problems.length === 0) return null;
  return (
    <div
      role={tone === 'bad' ? 'alert' : undefined}
      className={classes('rounded-lg p-3 text-sm', tone === 'bad' ? 'bg-bad-soft' : 'bg-caution-soft')}
    >
      <p className={classes('font-medium', tone === 'bad' ? 'text-bad' : 'text-caution')}>{title}</p>
      <ul className="mt-1 flex flex-col gap-1">
        {problems.map(({ path, message, suggestion, line }) => (
          <li key={`${path} ${message}`} className="text-soft">
            {path !== '' && <code className="mr-1.5 break-all font-mono text-xs">{path}</code>}
            {line !== undefined && <span className="mr-1.5 text-faint text-xs">{text.fromLine(line)}</span>}
            {message} {suggestion}
          </li>
        ))}
      </ul>
    </div>
  );
}
