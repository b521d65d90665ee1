// One model: where a request for it would go and why, what it takes, what it costs, and how much it was used.

import { Link } from '@tanstack/react-router';
import { FlaskConical, ListFilter } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ModelView } from '../../../../server/src/admin/contract.ts';
import { usePeriod } from '../../app/period.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { buttonLook } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Answered } from '../../ui/states.tsx';
import { countedAs, placesOf } from './candidates.ts';
import { DrawerSection } from './drawer-section.tsx';
import { modelsMessages } from './messages.ts';
import { ModelPrice } from './model-price.tsx';
import { ModelRoute } from './model-route.tsx';
import { ModelUse } from './model-use.tsx';
import { useModels } from './questions.ts';
import { limitFacts, traitFacts } from './trait-words.ts';

interface ModelDrawerProps {
  /** Absent: closed. */
  readonly name: string | undefined;
  readonly onClose: () => void;
}

/** The drawer. */
export function ModelDrawer({ name, onClose }: ModelDrawerProps): ReactElement {
  return (
    <Dialog kind="drawer" open={name !== undefined} onClose={onClose} title={name ?? ''}>
      {name !== undefined && <Loaded key={name} name={name} />}
    </Dialog>
  );
}

function Loaded({ name }: { readonly name: string }): ReactElement {
  const text = useMessages(modelsMessages);
  const asked = useModels();
  return (
    <Answered asked={asked} lines={10}>
      {({ models }) => {
        const model = models.find(({ id }) => id === name);
        return (
          <div className="flex flex-col gap-6">
            {model === undefined && <p className="text-caution text-sm">{text.missing(name)}</p>}
            <Links name={name} counted={model === undefined ? [name] : countedAs(model)} />
            <ModelRoute name={name} />
            {model !== undefined && <Known model={model} />}
          </div>
        );
      }}
    </Answered>
  );
}

function Links({
  name,
  counted,
}: {
  readonly name: string;
  readonly counted: readonly string[];
}): ReactElement {
  const text = useMessages(modelsMessages);
  const [period] = usePeriod();
  return (
    <div className="flex flex-wrap gap-2">
      <Link to="/playground" search={{ of: `model:${name}` }} className={buttonLook('primary', 'small')}>
        <FlaskConical aria-hidden="true" className="size-3.5" />
        {text.toPlayground}
      </Link>
      <Link to="/requests" search={{ ...period, model: counted }} className={buttonLook('plain', 'small')}>
        <ListFilter aria-hidden="true" className="size-3.5" />
        {text.toRequests}
      </Link>
    </div>
  );
}

function Known({ model }: { readonly model: ModelView }): ReactElement {
  const text = useMessages(modelsMessages);
  const format = useFormat();
  const { traits } = model;
  const [first] = placesOf(model);
  return (
    <>
      <ModelUse model={model} />
      {first !== undefined && <ModelPrice upstream={first.upstreamId} model={first.model} />}
      {traits !== undefined && first !== undefined && (
        <DrawerSection title={text.traits} hint={text.traitsHint(first.upstreamId)}>
          <Facts facts={[...limitFacts(model, text, format), ...traitFacts(traits, text, format)]} />
        </DrawerSection>
      )}
    </>
  );
}
