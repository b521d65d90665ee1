// One conversation: what one run of an agent cost, in all, agent by agent, and turn by turn.

import { Link, useParams, useSearch } from '@tanstack/react-router';
import { ArrowLeft, ListTree } from 'lucide-react';
import { type ReactElement, type ReactNode, useMemo } from 'react';
import type { ConversationView } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { usePeriod } from '../../app/period.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { buttonLook } from '../../ui/button.tsx';
import { Card, Page } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { useIsPhone } from '../../ui/narrow.ts';
import { Answered, Empty } from '../../ui/states.tsx';
import { VirtualTable } from '../../ui/virtual-table.tsx';
import { Agents } from './agents.tsx';
import { ContextChart } from './context-chart.tsx';
import { conversationMessages } from './messages.ts';
import { useTurnsLook } from './turn-columns.tsx';
import { agentOf, cachedShareOf, inputOf, outputOf, type Turn, turnsOf, type Whose } from './turns.ts';

const EVERY_MS = 5_000;

/** The page. */
export function ConversationPage(): ReactElement {
  const text = useMessages(conversationMessages);
  const format = useFormat();
  const { id } = useParams({ from: '/conversations/$id' });
  const [period] = usePeriod();
  // Clients choose these ids, and some have a slash in them: so it is asked for by a parameter.
  const known = useAsk<ConversationView>('/conversation', { id }, { everyMs: EVERY_MS, keep: false });
  return (
    <Page
      title={text.conversation}
      hint={
        <span className="flex min-w-0 items-center gap-1">
          <code className="truncate font-mono text-xs">{id}</code>
          <CopyButton text={id} what={text.copyId} />
          <span className="whitespace-nowrap">
            {known.data !== undefined && format.dateTime(known.data.firstAtMs)}
          </span>
        </span>
      }
      actions={
        <>
          <Link to="/conversations" search={period} className={buttonLook('quiet')}>
            <ArrowLeft aria-hidden="true" className="size-4" />
            {text.back}
          </Link>
          {known.data !== undefined && <ToRequests view={known.data} />}
        </>
      }
    >
      <Answered asked={known} lines={8}>
        {(view) => <Conversation view={view} />}
      </Answered>
    </Page>
  );
}

function ToRequests({
  view: { id, firstAtMs, lastAtMs },
}: {
  readonly view: ConversationView;
}): ReactElement {
  const text = useMessages(conversationMessages);
  return (
    <Link
      to="/requests"
      search={{ conversation: id, from: firstAtMs, to: lastAtMs + 1 }}
      className={buttonLook()}
    >
      <ListTree aria-hidden="true" className="size-4" />
      {text.toRequests}
    </Link>
  );
}

function Conversation({ view }: { readonly view: ConversationView }): ReactElement {
  const text = useMessages(conversationMessages);
  const { tab, of } = useSearch({ from: '/conversations/$id' });
  const agent = of ?? (tab === 'main' ? null : undefined);
  const turns = useMemo(() => turnsOf(view, agent === undefined ? undefined : { agent }), [view, agent]);
  const whose: Whose = agent === undefined ? undefined : { agent };
  return (
    <>
      <Figures view={view} />
      <div className="grid min-w-0 gap-4 xl:grid-cols-2">
        <Agents view={view} whose={whose} />
        <Card title={text.context} hint={<WhoseWords whose={whose} words={text.contextHint} />}>
          <ContextChart turns={turns} />
        </Card>
      </div>
      <Turns view={view} turns={turns} whose={whose} />
    </>
  );
}

function WhoseWords({ whose, words }: { readonly whose: Whose; readonly words: string }): ReactElement {
  const text = useMessages(conversationMessages);
  return <>{whose === undefined ? words : `${whose.agent ?? text.main} · ${words}`}</>;
}

/** The sums, side by side. */
function Figures({ view }: { readonly view: ConversationView }): ReactElement {
  const text = useMessages(conversationMessages);
  const format = useFormat();
  const { requests, errors, open, agents, tokens, costNanoUsd, unpriced, savedNanoUsd } = view;
  const share = cachedShareOf(tokens);
  const workingMs = view.byAgent.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const costWords =
    unpriced > 0
      ? text.unpriced(format.integer(unpriced))
      : savedNanoUsd > 0
        ? text.saved(format.money(savedNanoUsd))
        : text.perRequest(format.money(requests === 0 ? 0 : Math.round(costNanoUsd / requests)));
  const errorWords = errors > 0 ? text.errorCount(format.integer(errors)) : text.noErrors;
  return (
    <section
      aria-label={text.figures}
      className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-3 xl:grid-cols-6"
    >
      <Figure
        name={text.cost}
        value={format.money(costNanoUsd)}
        tone={unpriced > 0 ? 'text-caution' : undefined}
      >
        {costWords}
      </Figure>
      <Figure
        name={text.requests}
        value={format.integer(requests)}
        tone={errors > 0 ? 'text-bad' : undefined}
      >
        {open > 0 ? `${errorWords}, ${text.open(format.integer(open))}` : errorWords}
      </Figure>
      <Figure name={text.tokensIn} value={format.compact(inputOf(tokens))}>
        {text.cached(format.percent(share ?? 0, 0))}
      </Figure>
      <Figure name={text.tokensOut} value={format.compact(outputOf(tokens))}>
        {tokens.outputReasoning > 0
          ? text.reasoning(format.compact(tokens.outputReasoning))
          : text.noReasoning}
      </Figure>
      <Figure name={text.working} value={format.duration(workingMs)}>
        {text.workingHint(format.duration(view.lastAtMs - view.firstAtMs))}
      </Figure>
      <Figure name={text.client} value={view.clientIds.length === 0 ? '–' : format.list(view.clientIds)}>
        {agents === 0 ? text.oneAgent : text.subagents(format.integer(agents))}
      </Figure>
      {view.cut && <p className="col-span-full bg-surface px-4 py-2 text-caution text-xs">{text.cutHint}</p>}
    </section>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly children: ReactNode;
  readonly tone?: string | undefined;
}

function Figure({ name, value, children, tone = 'text-faint' }: FigureProps): ReactElement {
  return (
    <div className="min-w-0 bg-surface px-4 py-3">
      <p className="text-faint text-xs">{name}</p>
      <p className="truncate font-semibold text-lg tabular-nums tracking-tight">{value}</p>
      <p className={`truncate text-xs ${tone}`}>{children}</p>
    </div>
  );
}

interface TurnsProps {
  readonly view: ConversationView;
  readonly turns: readonly Turn[];
  readonly whose: Whose;
}

function Turns({ view, turns, whose }: TurnsProps): ReactElement {
  const text = useMessages(conversationMessages);
  const format = useFormat();
  const isPhone = useIsPhone();
  const days = [view.firstAtMs, view.lastAtMs].map((atMs) => format.date(atMs));
  const { columns, phone } = useTurnsLook(days[0] !== days[1], view.agents > 0);
  const all = whose === undefined ? view.requests : (agentOf(view.byAgent, whose.agent)?.requests ?? 0);
  const words =
    all > turns.length ? text.turnsHint(format.integer(turns.length), format.integer(all)) : text.turnsAll;
  return (
    <section
      aria-label={text.turns}
      className="min-h-40 overflow-clip rounded-xl border border-line bg-surface"
    >
      <header className="flex h-11 items-center gap-3 px-4">
        <h2 className="font-semibold text-sm">{text.turns}</h2>
        <span className="truncate text-faint text-xs">
          <WhoseWords whose={whose} words={words} />
        </span>
      </header>
      {turns.length === 0 ? (
        <Empty title={text.noTurns} />
      ) : (
        <VirtualTable
          label={text.turns}
          columns={columns}
          phone={phone}
          isPhone={isPhone}
          rows={turns}
          keyOf={({ id }) => id}
        />
      )}
    </section>
  );
}
