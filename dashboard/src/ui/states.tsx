// What stands where data will be, or where there are none: loading, empty, failed. Each says what to do.

import type { LucideIcon } from 'lucide-react';
import { CircleAlert } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { ApiError } from '../api/http.ts';
import { useMessages } from '../language/messages.ts';
import { Button } from './button.tsx';
import { classes } from './classes.ts';
import { uiMessages } from './messages.ts';

/** Grey bars in the place of lines of text. */
export function Skeleton({ className = 'h-4 w-full' }: { readonly className?: string }): ReactElement {
  return (
    <div
      aria-hidden="true"
      className={classes('rounded-md bg-sunken motion-safe:animate-pulse', className)}
    />
  );
}

/** Several lines that are being loaded. */
export function Loading({ lines = 4 }: { readonly lines?: number }): ReactElement {
  const text = useMessages(uiMessages);
  return (
    <div role="status" className="flex flex-col gap-2.5 p-4">
      <span className="sr-only">{text.loading}</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike.
        <Skeleton key={line} className={line % 3 === 2 ? 'h-4 w-2/3' : 'h-4 w-full'} />
      ))}
    </div>
  );
}

interface EmptyProps {
  readonly icon?: LucideIcon;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** Nothing is there, and what can be done about it. */
export function Empty({ icon: Icon, title, children, action }: EmptyProps): ReactElement {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      {Icon !== undefined && <Icon aria-hidden="true" className="size-7 text-faint" strokeWidth={1.5} />}
      <p className="font-medium">{title}</p>
      {children !== undefined && <div className="max-w-md text-faint text-sm">{children}</div>}
      {action !== undefined && <div className="mt-2">{action}</div>}
    </div>
  );
}

/** It could not be loaded or done: the gateway's own words, and another try. */
export function Failure({
  error,
  onRetry,
}: {
  readonly error: ApiError;
  readonly onRetry?: () => void;
}): ReactElement {
  const text = useMessages(uiMessages);
  return (
    <div role="alert" className="m-4 flex gap-3 rounded-lg bg-bad-soft p-3 text-sm">
      <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="min-w-0">
        <p className="font-medium text-bad">{error.status === 0 ? text.unreachable : error.message}</p>
        {error.suggestion !== undefined && <p className="text-soft">{error.suggestion}</p>}
        {error.issues.length > 0 && (
          <ul className="mt-1 list-disc pl-4 text-soft">
            {error.issues.map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                {path !== '' && <code className="font-mono text-xs">{path}</code>} {message}
              </li>
            ))}
          </ul>
        )}
        {onRetry !== undefined && (
          <Button size="small" className="mt-2" onClick={onRetry}>
            {text.tryAgain}
          </Button>
        )}
      </div>
    </div>
  );
}

interface AnsweredProps<Data> {
  /** What useAsk answered. */
  readonly asked: {
    readonly data: Data | undefined;
    readonly error: ApiError | null;
    readonly refetch: () => unknown;
  };
  readonly lines?: number;
  readonly children: (data: Data) => ReactNode;
}

/** The answer of a question, or what stands in its place. An answer that is there stays when a later try fails. */
export function Answered<Data>({ asked, lines, children }: AnsweredProps<Data>): ReactElement {
  const { data, error } = asked;
  if (data !== undefined) return <>{children(data)}</>;
  if (error !== null) return <Failure error={error} onRetry={() => void asked.refetch()} />;
  return <Loading {...(lines === undefined ? {} : { lines })} />;
}
