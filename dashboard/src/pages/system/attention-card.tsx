// What the gateway itself remarks on: notices of the start, and findings about its configuration.

import { Link } from '@tanstack/react-router';
import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import type { EffectiveConfigView, Status } from '../../../../server/src/admin/contract.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { buttonLook } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { systemMessages } from './messages.ts';

const MOST_SHOWN = 8;

interface AttentionCardProps {
  readonly notices: Status['notices'];
  readonly problems: EffectiveConfigView['problems'];
}

/** The card; nothing where there is nothing to say. */
export function AttentionCard({ notices, problems }: AttentionCardProps): ReactElement | null {
  const text = useMessages(systemMessages);
  const format = useFormat();
  const lines = [
    ...problems.map(({ severity, path, message, suggestion }) => ({ severity, path, message, suggestion })),
    ...notices.map((message) => ({ severity: 'warning', path: '', message, suggestion: undefined })),
  ];
  if (lines.length === 0) return null;
  return (
    <Card
      title={text.attention}
      actions={
        <Link to="/configuration" className={buttonLook('plain', 'small')}>
          {text.toConfiguration}
        </Link>
      }
    >
      <ul className="flex flex-col gap-2 text-sm">
        {lines.slice(0, MOST_SHOWN).map((line) => (
          <li key={`${line.path} ${line.message}`} className="flex min-w-0 gap-2">
            {line.severity === 'error' ? (
              <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
            ) : (
              <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-caution" />
            )}
            <span className="min-w-0 break-words">
              {line.path !== '' && <code className="mr-1.5 font-mono text-xs">{line.path}</code>}
              {line.message} <span className="text-soft">{line.suggestion}</span>
            </span>
          </li>
        ))}
      </ul>
      {lines.length > MOST_SHOWN && (
        <p className="mt-2 text-faint text-xs">{text.more(format.integer(lines.length - MOST_SHOWN))}</p>
      )}
    </Card>
  );
}
