// A request or an answer in one of the other formats: what is lost, with the places at which it stood, and the body.

import type { ReactElement } from 'react';
import type { LossView } from '../../../../../server/src/admin/contract.ts';
import { useMessages } from '../../../language/messages.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { CodeBlock } from '../../../ui/code.tsx';
import { playgroundMessages } from '../messages.ts';
import { bench, opened } from '../state/bench.ts';
import { type Dialect, FORMATS } from '../wire/formats.ts';
import type { Target } from './conversion.ts';
import { severityLook } from './severity.ts';
import { shownJson } from './shown-json.ts';

/** How a path of the request is brought into sight; undefined where nothing of it stands there. */
export type OnPlace = (path: string) => (() => void) | undefined;

interface TargetProps {
  readonly target: Target;
  readonly dialect: Dialect;
  readonly isRequest: boolean;
  readonly onPlace: OnPlace;
}

/** One format. */
export function ConversionTarget({ target, dialect, isRequest, onPlace }: TargetProps): ReactElement {
  const text = useMessages(playgroundMessages);
  const { body, path, losses, error } = target;
  const { name } = FORMATS[dialect];
  return (
    <section aria-label={name} className="flex min-w-0 flex-col gap-2">
      <header className="flex min-h-8 items-center gap-2">
        <h3 className="font-medium text-sm">{name}</h3>
        {error === undefined && <LossBadge losses={losses} />}
        {isRequest && body !== undefined && (
          <Button size="small" weight="quiet" className="ml-auto" onClick={() => openHere(target, dialect)}>
            {text.openHere}
          </Button>
        )}
      </header>
      {error !== undefined && (
        <p className="break-words rounded-lg bg-bad-soft px-3 py-2 text-bad text-sm">{error.message}</p>
      )}
      <Losses losses={losses} name={name} onPlace={isRequest ? onPlace : undefined} />
      {path !== undefined && <p className="break-all font-mono text-faint text-xs">POST {path}</p>}
      {body !== undefined && <Body body={body} label={text.bodyIn(name)} />}
    </section>
  );
}

function openHere({ body, path = '' }: Target, dialect: Dialect): void {
  const stream = path.includes(':stream');
  const state = bench.get();
  bench.set(opened(state, { dialect, text: JSON.stringify(body, undefined, 2), stream }));
}

function LossBadge({ losses }: { readonly losses: readonly LossView[] }): ReactElement {
  const text = useMessages(playgroundMessages);
  if (losses.length === 0) return <Badge tone="good">{text.noLosses}</Badge>;
  const worst =
    ['semantic', 'quality', 'hint'].find((severity) => losses.some((loss) => loss.severity === severity)) ??
    'quality';
  return <Badge tone={severityLook(worst).tone}>{text.lossCount(losses.length)}</Badge>;
}

interface LossesProps {
  readonly losses: readonly LossView[];
  readonly name: string;
  readonly onPlace: OnPlace | undefined;
}

function Losses({ losses, name, onPlace }: LossesProps): ReactElement | null {
  const text = useMessages(playgroundMessages);
  if (losses.length === 0) return null;
  const isRefused = onPlace !== undefined && losses.some(({ severity }) => severity === 'semantic');
  return (
    <>
      <ul
        aria-label={text.lossesOf(name)}
        className="flex flex-col gap-1.5 rounded-lg border border-line p-2.5"
      >
        {losses.map((loss) => (
          <li key={`${loss.path} ${loss.feature} ${loss.note}`} className="min-w-0 text-xs">
            <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
              <Badge tone={severityLook(loss.severity).tone}>{text[severityLook(loss.severity).words]}</Badge>
              <Place path={loss.path} onPlace={onPlace} />
              <span className="text-faint">{loss.action}</span>
            </div>
            <p className="mt-0.5 break-words text-soft">{loss.note}</p>
          </li>
        ))}
      </ul>
      {isRefused && <p className="text-bad text-xs">{text.refusedWhenSent}</p>}
    </>
  );
}

function Place({ path, onPlace }: { readonly path: string } & Pick<LossesProps, 'onPlace'>): ReactElement {
  const text = useMessages(playgroundMessages);
  const show = onPlace?.(path);
  if (show === undefined) return <code className="break-all font-mono">{path}</code>;
  return (
    <button
      type="button"
      title={text.showPlace(path)}
      className="break-all rounded text-left font-mono text-water underline decoration-dotted underline-offset-2 hover:decoration-solid"
      onClick={show}
    >
      {path}
    </button>
  );
}

/** Texts that are very long, such as pictures, are shown by their beginning; what is copied is whole. */
function Body({ body, label }: { readonly body: unknown; readonly label: string }): ReactElement {
  const text = useMessages(playgroundMessages);
  const shown = typeof body === 'string' ? body : shownJson(body, (count) => text.shortened(String(count)));
  return <CodeBlock text={shown} label={label} wrap />;
}
