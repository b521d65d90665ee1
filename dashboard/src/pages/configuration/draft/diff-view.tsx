// A difference of two texts: what is gone and what is new by colour and by sign, with the numbers of the lines.

import type { ReactElement } from 'react';
import { classes } from '../../../ui/classes.ts';
import type { DiffLine } from './diff.ts';

const looks: Readonly<Record<DiffLine['kind'], string>> = {
  same: 'text-soft',
  added: 'bg-good-soft text-ink',
  removed: 'bg-bad-soft text-ink',
  gap: 'text-faint',
};
const signs: Readonly<Record<DiffLine['kind'], string>> = { same: ' ', added: '+', removed: '-', gap: '⋯' };

/** The lines. */
export function DiffView({
  lines,
  label,
}: {
  readonly lines: readonly DiffLine[];
  readonly label: string;
}): ReactElement {
  const shown = lines[0]?.kind === 'gap' && lines[1]?.before === 1 ? lines.slice(1) : lines;
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
      tabIndex={0}
      className="max-h-[45dvh] overflow-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full border-collapse font-mono text-xs leading-5">
        <tbody>
          {shown.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own, and stay where they are.
            <tr key={index} className={looks[line.kind]}>
              <Numbered value={line.before} />
              <Numbered value={line.after} />
              <td className="w-5 select-none text-center">{signs[line.kind]}</td>
              <td className={classes('whitespace-pre pr-3', line.kind === 'gap' && 'select-none')}>
                {line.kind === 'gap' ? '' : line.text}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Numbered({ value }: { readonly value: number | undefined }): ReactElement {
  return (
    <td className="w-10 select-none border-line border-r px-1.5 text-right text-faint tabular-nums">
      {value ?? ''}
    </td>
  );
}
