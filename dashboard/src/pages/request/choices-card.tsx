// Whom the gateway could have asked, whom it passed over, and why: as it was then where that was kept, or as it would be now.

import type { ReactElement } from 'react';
import type {
  CaptureRecord,
  ExchangeView,
  ExplainedView,
  ExplainView,
} from '../../../../server/src/admin/contract.ts';
import { useChange } from '../../api/queries.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Failure } from '../../ui/states.tsx';
import { useKeyNames } from '../requests/key-names.ts';
import { attemptMessages } from './attempt-messages.ts';

/** One that could be asked, or could not. */
type Choice = Pick<ExplainedView, 'upstreamId' | 'keyId' | 'keyName' | 'model' | 'why'> & {
  /** Ordinals of the attempts that were made on it. */
  readonly attempts?: readonly number[] | undefined;
};

interface ChoicesCardProps {
  readonly view: ExchangeView;
  readonly kept: CaptureRecord | undefined;
}

/** The card. */
export function ChoicesCard({ view, kept }: ChoicesCardProps): ReactElement {
  const text = useMessages(attemptMessages);
  const choices = kept?.choices;
  if (choices === undefined) return <ExplainedNow view={view} />;
  const order = choices.order === undefined ? [] : [text.order(choices.order)];
  return (
    <Card title={text.choices} hint={text.choicesHint}>
      <Choices {...choices} notes={[...order, ...choices.notes]} />
    </Card>
  );
}

/** Asks where a request like this would go at this moment. */
function ExplainedNow({ view }: { readonly view: ExchangeView }): ReactElement {
  const text = useMessages(attemptMessages);
  const { modelAsked, dialectIn, clientId, streamed, conversationId } = view;
  const explain = useChange<void, ExplainView>(
    () => ({
      path: '/explain',
      body: {
        model: modelAsked,
        ...(dialectIn === undefined ? {} : { dialect: dialectIn }),
        ...(clientId === undefined ? {} : { client: clientId }),
        ...(streamed === undefined ? {} : { stream: streamed }),
        ...(conversationId === undefined ? {} : { conversation: conversationId }),
      },
    }),
    [],
  );
  const { data, error } = explain;
  if (data !== undefined)
    return (
      <Card title={text.choicesNow} hint={text.choicesNowHint}>
        {data.error !== undefined && (
          <p className="mb-3 text-bad text-sm">
            {data.error.message} {data.error.suggestion}
          </p>
        )}
        <Choices {...data} notes={data.notes ?? []} />
      </Card>
    );
  return (
    <Card title={text.choices}>
      <p className="text-faint text-sm">{text.noChoices}</p>
      {modelAsked !== undefined && (
        <Button size="small" className="mt-3" busy={explain.isPending} onClick={() => explain.mutate()}>
          {text.explain}
        </Button>
      )}
      {error !== null && <Failure error={error} />}
    </Card>
  );
}

interface ChoicesProps {
  readonly candidates: readonly Choice[];
  readonly passedOver: readonly Choice[];
  readonly notes: readonly string[];
}

function Choices({ candidates, passedOver, notes }: ChoicesProps): ReactElement {
  const text = useMessages(attemptMessages);
  return (
    <div className="flex flex-col gap-4">
      {notes.length > 0 && (
        <ul className="flex flex-col gap-0.5 text-soft text-sm">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <ChoiceList title={text.candidates} choices={candidates} numbered />
      {passedOver.length > 0 && <ChoiceList title={text.passedOver} choices={passedOver} />}
    </div>
  );
}

interface ChoiceListProps {
  readonly title: string;
  readonly choices: readonly Choice[];
  readonly numbered?: boolean;
}

function ChoiceList({ title, choices, numbered = false }: ChoiceListProps): ReactElement {
  const text = useMessages(attemptMessages);
  const keys = useKeyNames();
  const nameOf = ({ keyId, keyName }: Choice): string | undefined =>
    keyId === 'k_none'
      ? undefined
      : (keyName ?? (keyId === undefined ? undefined : (keys.get(keyId) ?? keyId)));
  return (
    <section>
      <h3 className="mb-1.5 font-medium text-faint text-xs">{title}</h3>
      {choices.length === 0 && <p className="text-faint text-sm">{text.nobody}</p>}
      <ol className="flex flex-col gap-2">
        {choices.map((choice, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes its order.
            key={index}
            className="text-sm"
          >
            <span className="flex flex-wrap items-baseline gap-x-2">
              {numbered && <span className="w-4 text-faint tabular-nums">{index + 1}</span>}
              <span className={numbered ? 'font-medium' : 'font-medium text-soft'}>{choice.upstreamId}</span>
              {nameOf(choice) !== undefined && <span className="text-faint">/ {nameOf(choice)}</span>}
              {choice.attempts?.map((ordinal) => (
                <Badge key={ordinal} tone="water">
                  {text.attempt(String(ordinal))}
                </Badge>
              ))}
            </span>
            <span className={numbered ? 'block pl-6 text-soft' : 'block text-soft'}>{choice.why}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
