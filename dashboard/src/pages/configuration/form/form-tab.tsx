// All settings as forms, made of the schema: a section for each member of the file.

import { Link } from '@tanstack/react-router';
import { type ReactElement, type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import type { EffectiveConfigView } from '../../../../../server/src/admin/contract.ts';
import { SEARCH_FIELD } from '../../../app/shortcuts.ts';
import { useMessages } from '../../../language/messages.ts';
import { buttonLook } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { classes } from '../../../ui/classes.ts';
import { inputLook } from '../../../ui/field.tsx';
import { Empty } from '../../../ui/states.tsx';
import { type Draft, draftValue, edit, parsed } from '../draft/draft.ts';
import { isWithin, pathText, same, valueAt } from '../draft/values.ts';
import { configurationMessages } from '../messages.ts';
import type { JsonSchema } from '../schema.ts';
import { useTab } from '../tabs.tsx';
import { type Field, finds, membersOf } from './fields.ts';
import { Settings } from './setting.tsx';
import { type FormValues, FormValuesContext, useFormValues } from './values-of-form.ts';

interface FormTabProps {
  readonly draft: Draft;
  readonly schema: JsonSchema;
  readonly effective: EffectiveConfigView | undefined;
  /** What the address asks for. */
  readonly search: string;
}

/** The tab. */
export function FormTab({ draft, schema, effective, search }: FormTabProps): ReactElement {
  const text = useMessages(configurationMessages);
  const [typed, setTyped] = useState(search);
  const words = useDeferredValue(typed).toLowerCase().split(/\s+/).filter(Boolean);
  const fields = useMemo(() => membersOf(schema, []), [schema]);
  const values = useDraftValues(draft, effective);
  if (values === undefined) return <Empty title={text.formNotReadable}>{text.formNotReadableHint}</Empty>;
  const found = fields.filter((field) => finds(field, words));
  return (
    <FormValuesContext value={values}>
      <div className="grid gap-4 lg:grid-cols-[11rem_minmax(0,1fr)]">
        <div className="flex flex-col gap-3 self-start lg:sticky lg:top-4">
          <input
            {...SEARCH_FIELD}
            type="search"
            aria-label={text.searchSettings}
            placeholder={text.searchSettings}
            className={inputLook}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
          <nav aria-label={text.sections} className="hidden max-h-[70dvh] overflow-y-auto lg:block">
            <ul className="flex flex-col">
              {found.map((field) => (
                <li key={field.name}>
                  <SectionLink field={field} isChanged={values.isChanged(field.path)} />
                </li>
              ))}
            </ul>
          </nav>
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          {found.length === 0 && <Empty title={text.noSetting}>{text.noSettingHint}</Empty>}
          {found.map((field) => (
            <Section key={field.name} field={field} words={words} />
          ))}
        </div>
      </div>
    </FormValuesContext>
  );
}

/** The draft as the controls see it; undefined where its text has mistakes. */
function useDraftValues(draft: Draft, effective: EffectiveConfigView | undefined): FormValues | undefined {
  return useMemo(() => {
    const now = draftValue(draft);
    if (now === undefined) return undefined;
    const before = parsed(draft.base.text)?.value;
    const origins = new Map(effective?.values.map((value) => [value.path, value]));
    const faults = new Map(effective?.problems.map(({ path, message }) => [path, message]));
    return {
      read: (path) => valueAt(now, path),
      write: edit,
      isChanged: (path) => !same(valueAt(now, path), valueAt(before, path)),
      origin: (path) => origins.get(pathText(path)),
      fault: (path) =>
        draft.edits.some((one) => isWithin(one.path, path)) ? undefined : faults.get(pathText(path)),
    };
  }, [draft, effective]);
}

function SectionLink({
  field,
  isChanged,
}: {
  readonly field: Field;
  readonly isChanged: boolean;
}): ReactElement {
  const text = useMessages(configurationMessages);
  return (
    <button
      type="button"
      className="flex w-full items-center gap-2 rounded-lg px-2 py-1 text-left font-mono text-soft text-xs hover:bg-sunken hover:text-ink"
      onClick={() => document.querySelector(`#section-${field.name}`)?.scrollIntoView({ block: 'start' })}
    >
      {field.name}
      {isChanged && (
        <span className="ml-auto size-1.5 rounded-full bg-water">
          <span className="sr-only">{text.changed}</span>
        </span>
      )}
    </button>
  );
}

function Section({
  field,
  words,
}: {
  readonly field: Field;
  readonly words: readonly string[];
}): ReactElement {
  const own = field.kind === 'group' && finds({ ...field, fields: [] }, words);
  const isList = field.name === 'upstreams' || field.name === 'clients' || field.name === 'routes';
  return (
    <Card
      id={`section-${field.name}`}
      title={<span className="font-mono">{field.name}</span>}
      hint={field.kind === 'group' || isList ? field.description : undefined}
      className="scroll-mt-4"
    >
      {isList ? (
        <Elsewhere field={field} />
      ) : (
        <Settings fields={field.kind === 'group' ? field.fields : [field]} words={own ? [] : words} />
      )}
    </Card>
  );
}

/** Lists of entries have pages of their own; here stands how many there are, and the way there. */
function Elsewhere({ field }: { readonly field: Field }): ReactElement {
  const text = useMessages(configurationMessages);
  const [, open] = useTab();
  const written = useFormValues().read(field.path);
  const look = classes(buttonLook('plain', 'small'), 'self-start');
  const link: ReactNode =
    field.name === 'routes' ? (
      <button type="button" className={look} onClick={() => open('routes')}>
        {text.toRoutes}
      </button>
    ) : (
      <Link to={field.name === 'clients' ? '/clients' : '/upstreams'} className={look}>
        {field.name === 'clients' ? text.toClients : text.toUpstreams}
      </Link>
    );
  return (
    <div className="flex flex-wrap items-center gap-3 text-sm">
      <span>{text.entries(Array.isArray(written) ? written.length : 0)}</span>
      {link}
      <button type="button" className={buttonLook('quiet', 'small')} onClick={() => open('file')}>
        {text.inTheFile}
      </button>
    </div>
  );
}
