// Text as machines write it.

import type { ReactElement } from 'react';
import { classes } from './classes.ts';
import { CopyButton } from './copy-button.tsx';

/** A word of it within a sentence. */
export function Code({ children }: { readonly children: string }): ReactElement {
  return <code className="break-words rounded bg-sunken px-1 py-0.5 font-mono text-[0.9em]">{children}</code>;
}

interface CodeBlockProps {
  readonly text: string;
  /** What it is, for screen readers. */
  readonly label: string;
  readonly copy?: boolean;
  /** Long lines are broken instead of running out of sight. */
  readonly wrap?: boolean;
  readonly className?: string;
}

/** Several lines, with a button that copies them. */
export function CodeBlock({
  text,
  label,
  copy = true,
  wrap = false,
  className,
}: CodeBlockProps): ReactElement {
  return (
    <section
      aria-label={label}
      className={classes('relative min-w-0 rounded-lg border border-line bg-sunken', className)}
    >
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
        tabIndex={0}
        className={classes(
          'max-h-[32rem] overflow-auto p-3 font-mono text-xs leading-relaxed',
          copy && 'pr-12',
          wrap && 'whitespace-pre-wrap break-words',
        )}
      >
        {text}
      </pre>
      {copy && (
        <div className="absolute top-1 right-1 rounded-lg bg-sunken">
          <CopyButton text={text} what={label} />
        </div>
      )}
    </section>
  );
}
