// The playground: a request is written, sent and compared, and looked at in the other formats.

import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { ApiError } from '../../api/http.ts';
import { useStore } from '../../app/store.ts';
import { useMessages } from '../../language/messages.ts';
import { Page } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { tell } from '../../ui/toasts.tsx';
import { playgroundMessages } from './messages.ts';
import { AnswerCard } from './parts/answer-card.tsx';
import { lossesOf, useConversion } from './parts/conversion.ts';
import { ConversionCard } from './parts/conversion-card.tsx';
import type { OnPlace } from './parts/conversion-target.tsx';
import type { Reveal } from './parts/json-area.tsx';
import { ModelNames, useModels } from './parts/model-field.tsx';
import { RequestCard, type Showing } from './parts/request-card.tsx';
import { type Bench, bench, change, type Outgoing, outgoingOf } from './state/bench.ts';
import { type Brought, loaded } from './state/load.ts';
import { runs } from './state/runs.ts';
import { marksOf, placesIn } from './wire/places.ts';

/** The page. */
export function PlaygroundPage(): ReactElement {
  const text = useMessages(playgroundMessages);
  const state = useStore(bench);
  const { first, second } = useStore(runs);
  const models = useModels();
  useFirstModel(models[0]?.id);
  useBrought();
  const outgoing = useMemo(() => outgoingOf(state), [state]);
  const conversion = useConversion(state, outgoing);
  const { showing, show } = useShowing(state, outgoing, conversion.targets);
  const isCompared = second !== undefined;
  return (
    <Page title={text.title} hint={text.hint}>
      <ModelNames models={models} />
      <div className={classes('grid min-w-0 gap-4', !isCompared && 'xl:grid-cols-2')}>
        <RequestCard state={state} outgoing={outgoing} showing={showing} />
        <div className={classes('grid min-w-0 content-start gap-4', isCompared && 'md:grid-cols-2')}>
          <AnswerCard key="first" run={first} isCompared={isCompared} />
          {isCompared && <AnswerCard key="second" run={second} isCompared />}
        </div>
      </div>
      <ConversionCard state={state} conversion={conversion} run={first} onPlace={show} />
    </Page>
  );
}

/** A bench on which no model was named yet takes the first that there is. */
function useFirstModel(model: string | undefined): void {
  useEffect(() => {
    if (model !== undefined && bench.get().model === '') change({ model });
  }, [model]);
}

/** Brings what the address asks for, once: afterwards the address no longer says so. */
function useBrought(): void {
  const { of } = useSearch({ strict: false });
  const navigate = useNavigate();
  const text = useMessages(playgroundMessages);
  const begun = useRef<string | undefined>(undefined);
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  useEffect(() => {
    if (of === undefined || begun.current === of) return;
    begun.current = of;
    const words: Readonly<Record<Brought, string | undefined>> = {
      whole: of.startsWith('model:') ? undefined : text.broughtWhole,
      cut: text.broughtCut,
      facts: text.broughtFacts,
      unknown: text.broughtUnknown,
    };
    loaded(bench.get(), of)
      .then(([next, brought]) => {
        bench.set(next);
        const said = words[brought];
        if (said !== undefined) tell(said, brought === 'whole' ? 'good' : 'bad');
      })
      .catch((error: unknown) => tell(error instanceof ApiError ? error.message : String(error), 'bad'))
      .finally(() => {
        begun.current = undefined;
        // Who has left for another page meanwhile stays there.
        if (isHere.current)
          void navigate({ to: '/playground', search: ({ of: _of, ...rest }) => rest, replace: true });
      });
  }, [of, navigate, text]);
}

/** Where in the request something is lost, and how such a place is brought into sight. */
function useShowing(
  state: Bench,
  { text }: Outgoing,
  targets: Parameters<typeof lossesOf>[0],
): { readonly showing: Showing; readonly show: OnPlace } {
  const [isBodyOpen, setBodyOpen] = useState(false);
  const [reveal, setReveal] = useState<Reveal | undefined>();
  const isRequest = state.converting === 'request';
  const marks = useMemo(
    () => (isRequest ? marksOf(text, lossesOf(targets)) : []),
    [isRequest, text, targets],
  );
  const places = useMemo(() => placesIn(text), [text]);
  const show: OnPlace = (path) => {
    const stretch = places.stretchOf(path);
    if (stretch === undefined) return undefined;
    return () => {
      setBodyOpen(true);
      setReveal((last) => ({ ...stretch, asked: (last?.asked ?? 0) + 1 }));
    };
  };
  return { showing: { marks, reveal, isBodyOpen, onBodyOpen: setBodyOpen }, show };
}
