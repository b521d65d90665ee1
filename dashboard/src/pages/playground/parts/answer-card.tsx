// What was answered: as text with its pieces, as it stood on the wire, and the headers.

import { MessageSquareText } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { useMessages } from '../../../language/messages.ts';
import { Badge, type Tone } from '../../../ui/badge.tsx';
import { Card } from '../../../ui/card.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Empty } from '../../../ui/states.tsx';
import { playgroundMessages } from '../messages.ts';
import { isRunning, type Run, type RunState } from '../state/run.ts';
import { AnswerBlocks } from './answer-blocks.tsx';
import { AnswerError } from './answer-error.tsx';
import { AnswerFacts } from './answer-facts.tsx';
import { AnswerLinks } from './answer-links.tsx';
import { HeadersView, WireView } from './wire-view.tsx';

type View = 'answer' | 'wire' | 'headers';

const tones: Readonly<Record<RunState, Tone>> = {
  waiting: 'water',
  streaming: 'water',
  done: 'good',
  failed: 'bad',
  stopped: 'calm',
};

interface AnswerCardProps {
  readonly run: Run | undefined;
  /** Of a run that is compared: its model stands in the title. */
  readonly isCompared: boolean;
}

/** The card. */
export function AnswerCard({ run, isCompared }: AnswerCardProps): ReactElement {
  const text = useMessages(playgroundMessages);
  const [view, setView] = useState<View>('answer');
  if (run === undefined)
    return (
      <Card title={text.answer} className="min-h-80">
        <Empty icon={MessageSquareText} title={text.answerEmpty}>
          {text.answerEmptyHint}
        </Empty>
      </Card>
    );
  const wire = run.body === undefined ? text.viewEvents : text.viewBody;
  const views = [
    { value: 'answer', label: text.viewAnswer },
    { value: 'wire', label: wire },
    { value: 'headers', label: text.viewHeaders },
  ] as const;
  return (
    <Card
      title={isCompared ? text.answerOf(run.asked.model) : text.answer}
      className="min-h-80"
      actions={<Segmented label={text.view} value={view} options={views} onChange={setView} />}
    >
      <div className="flex min-w-0 flex-col gap-4">
        <StateLine run={run} />
        {view === 'answer' && (
          <>
            <AnswerFacts run={run} />
            <AnswerError run={run} />
            <AnswerBlocks run={run} />
          </>
        )}
        {view === 'wire' && <WireView run={run} />}
        {view === 'headers' && <HeadersView run={run} />}
        {!isRunning(run) && <AnswerLinks run={run} />}
      </div>
    </Card>
  );
}

function StateLine({ run }: { readonly run: Run }): ReactElement {
  const text = useMessages(playgroundMessages);
  return (
    <p role="status" className="flex h-6 items-center gap-2 text-xs">
      <Badge tone={tones[run.state]}>{text[run.state]}</Badge>
      {run.status !== undefined && <span className="text-faint tabular-nums">{text.status(run.status)}</span>}
    </p>
  );
}
