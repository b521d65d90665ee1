// Two answers to one request, side by side, and how they differ.

import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type {
  ReplayAnswerView,
  ReplayDifferenceView,
  ReplayView,
} from '../../../../../server/src/admin/contract.ts';
import { type Format, useFormat } from '../../../language/format.ts';
import { type Translated, useMessages } from '../../../language/messages.ts';
import { Badge } from '../../../ui/badge.tsx';
import { classes } from '../../../ui/classes.ts';
import { actionMessages } from '../action-messages.ts';

type Words = Translated<(typeof actionMessages)['en']>;

/** The report. */
export function ReplayReport({ report }: { readonly report: ReplayView }): ReactElement {
  const text = useMessages(actionMessages);
  const { before, after, diff, request } = report;
  return (
    <div className="flex flex-col gap-4" role="status">
      <p className="flex flex-wrap items-center gap-2 text-sm">
        <Badge tone={diff.same ? 'good' : 'caution'}>{diff.same ? '=' : '≠'}</Badge>
        {diff.same ? text.same : text.differs}
      </p>
      {request.notes.map((note) => (
        <p key={note} className="text-caution text-sm">
          {note}
        </p>
      ))}
      <div className="grid gap-3 sm:grid-cols-2">
        <Answer title={text.before} answer={before} />
        <Answer title={text.after} answer={after} isNew />
      </div>
      <Differences differences={diff.differences} />
      {diff.text !== undefined && <TextDifference text={diff.text} />}
    </div>
  );
}

interface AnswerProps {
  readonly title: string;
  readonly answer: ReplayAnswerView;
  readonly isNew?: boolean;
}

function Answer({ title, answer, isNew = false }: AnswerProps): ReactElement {
  const text = useMessages(actionMessages);
  const format = useFormat();
  const { status, model, upstreamId, durationMs, costNanoUsd, error, readable, exchangeId } = answer;
  const facts = [
    String(status),
    model,
    upstreamId,
    format.duration(durationMs),
    ...(costNanoUsd === undefined ? [] : [format.money(costNanoUsd)]),
  ];
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-2 rounded-lg border border-line p-3">
      <h3 className="flex items-center gap-2 font-medium text-sm">
        {title}
        {isNew && (
          <Link
            to="/requests/$id"
            params={{ id: exchangeId }}
            className="ml-auto font-normal text-water text-xs underline-offset-2 hover:underline"
          >
            {text.openAnswer}
          </Link>
        )}
      </h3>
      <p className="text-faint text-xs">{facts.filter((fact) => fact !== undefined).join(' · ')}</p>
      {!readable && <p className="text-caution text-xs">{text.unreadable}</p>}
      {error !== undefined && <p className="text-bad text-sm">{error}</p>}
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
        tabIndex={0}
        className="max-h-56 overflow-auto whitespace-pre-wrap break-words font-sans text-sm"
      >
        {answer.text === '' ? <span className="text-faint">{text.noText}</span> : answer.text}
      </pre>
      {answer.toolCalls.map((call, index) => (
        <code
          // biome-ignore lint/suspicious/noArrayIndexKey: calls never change their order.
          key={index}
          className="break-all rounded bg-sunken px-1.5 py-1 font-mono text-xs"
        >
          {`${call.name}(${call.arguments})`}
        </code>
      ))}
    </section>
  );
}

function Differences({
  differences,
}: {
  readonly differences: readonly ReplayDifferenceView[];
}): ReactElement | null {
  const text = useMessages(actionMessages);
  const format = useFormat();
  if (differences.length === 0) return null;
  return (
    <table className="w-full border-collapse text-sm">
      <thead>
        <tr className="border-line border-b text-left text-faint text-xs">
          <th scope="col" className="py-1.5 pr-3 font-medium">
            {text.member}
          </th>
          <th scope="col" className="px-3 py-1.5 font-medium">
            {text.before}
          </th>
          <th scope="col" className="py-1.5 pl-3 font-medium">
            {text.after}
          </th>
        </tr>
      </thead>
      <tbody>
        {differences.map((difference) => (
          <tr key={difference.member} className="border-line border-b align-top last:border-b-0">
            <th scope="row" className="py-1.5 pr-3 text-left font-normal">
              {memberWords(difference.member, text)}{' '}
              {difference.matters && <Badge tone="caution">{text.matters}</Badge>}
            </th>
            <td className="break-words px-3 py-1.5 [overflow-wrap:anywhere]">
              {valueWords(difference, 'before', text, format)}
            </td>
            <td className="break-words py-1.5 pl-3 [overflow-wrap:anywhere]">
              {valueWords(difference, 'after', text, format)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function memberWords(member: string, text: Words): string {
  const name = `m_${member}`;
  // A member that this page does not know stands as it is.
  return Object.hasOwn(text, name) ? String(text[name as keyof Words]) : member;
}

function valueWords(
  difference: ReplayDifferenceView,
  side: 'before' | 'after',
  text: Words,
  format: Format,
): string {
  const value = difference[side];
  const { member } = difference;
  if (value === undefined || value === null) return '–';
  if (typeof value === 'number') {
    if (member === 'cost') return format.money(value);
    return member === 'duration' || member === 'firstOutput' ? format.duration(value) : String(value);
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  return member === 'text' || member === 'reasoning' ? text.characters(format.integer(value.length)) : value;
}

/** The unified diff of the texts; the sign at the beginning of each line says which side it is of. */
function TextDifference({ text: diff }: { readonly text: string }): ReactElement {
  const text = useMessages(actionMessages);
  return (
    <section aria-label={text.textDifference} className="min-w-0">
      <h3 className="mb-1 font-medium text-faint text-xs">{text.textDifference}</h3>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
        tabIndex={0}
        className="max-h-72 overflow-auto rounded-lg border border-line bg-sunken py-2 font-mono text-xs leading-5"
      >
        {diff.split('\n').map((line, index) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: lines never change their order.
            key={index}
            className={classes(
              'block whitespace-pre-wrap break-words px-3',
              line.startsWith('+') && 'bg-good-soft',
              line.startsWith('-') && 'bg-bad-soft',
            )}
          >
            {line === '' ? ' ' : line}
          </span>
        ))}
      </pre>
    </section>
  );
}
