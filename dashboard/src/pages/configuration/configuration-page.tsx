// The configuration: as forms, as a file, its routes, its past, and every value in force with where it came from.

import { useSearch } from '@tanstack/react-router';
import { lazy, type ReactElement, Suspense, useEffect } from 'react';
import type { ConfigFileView, EffectiveConfigView } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { useStore } from '../../app/store.ts';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/card.tsx';
import { Failure, Loading } from '../../ui/states.tsx';
import { ChangeBar } from './draft/change-bar.tsx';
import { Problems } from './draft/changes-table.tsx';
import { type Draft, draftStore, readFile } from './draft/draft.ts';
import { FormTab } from './form/form-tab.tsx';
import { configurationMessages } from './messages.ts';
import { HistoryTab } from './past/history-tab.tsx';
import { RoutesTab } from './routes/routes-tab.tsx';
import { schemaOf } from './schema.ts';
import { Tabs, useTab } from './tabs.tsx';
import { ValuesTab } from './values-tab.tsx';

/** The editor is large, and most visits do without it. */
const FileTab = lazy(async () => ({ default: (await import('./editor/file-tab.tsx')).FileTab }));

/** The page. */
export function ConfigurationPage(): ReactElement {
  const text = useMessages(configurationMessages);
  const file = useAsk<ConfigFileView>('/config');
  const effective = useAsk<EffectiveConfigView>('/config/effective');
  const schema = useAsk<Record<string, unknown>>('/config/schema', {}, { everyMs: false });
  const draft = useStore(draftStore);
  const [tab] = useTab();
  useEffect(() => {
    if (file.data !== undefined) readFile(file.data);
  }, [file.data]);
  const failed = file.error ?? schema.error;
  const isReady = file.data !== undefined && schema.data !== undefined && draft !== undefined;
  return (
    <Page title={text.title} hint={file.data === undefined ? ' ' : <FileName file={file.data} />}>
      <Tabs />
      {effective.data !== undefined && <Mistakes effective={effective.data} />}
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} className="min-w-0">
        {isReady ? (
          <Panel draft={draft} file={file.data} effective={effective.data} schema={schema.data} />
        ) : failed !== null ? (
          <Failure
            error={failed}
            onRetry={() => {
              void file.refetch();
              void schema.refetch();
            }}
          />
        ) : (
          <Loading lines={10} />
        )}
      </div>
      {isReady && <ChangeBar draft={draft} file={file.data} />}
    </Page>
  );
}

function FileName({ file }: { readonly file: ConfigFileView }): ReactElement {
  const text = useMessages(configurationMessages);
  if (file.failure !== undefined)
    return (
      <span className="text-bad">
        {text.unreadable}: {file.failure}
      </span>
    );
  return <span className="break-all">{file.exists ? file.file : text.noFile(file.file)}</span>;
}

/** The file has mistakes: said above every tab, as what is shown is not what the file says. */
function Mistakes({ effective }: { readonly effective: EffectiveConfigView }): ReactElement | null {
  const text = useMessages(configurationMessages);
  const [tab, open] = useTab();
  const errors = effective.problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return null;
  return (
    <section aria-label={text.hasMistakes} className="flex flex-col items-start gap-2">
      <p className="font-medium text-bad text-sm">{text.hasMistakes}</p>
      <Problems problems={errors} />
      {tab !== 'file' && (
        <Button size="small" onClick={() => open('file')}>
          {text.toFile}
        </Button>
      )}
    </section>
  );
}

interface PanelProps {
  readonly draft: Draft;
  readonly file: ConfigFileView;
  readonly effective: EffectiveConfigView | undefined;
  readonly schema: Record<string, unknown>;
}

function Panel({ draft, file, effective, schema: told }: PanelProps): ReactElement {
  const [tab] = useTab();
  const { search = '' } = useSearch({ strict: false });
  const schema = schemaOf(told);
  switch (tab) {
    case 'form':
      return <FormTab key={search} draft={draft} schema={schema} effective={effective} search={search} />;
    case 'file':
      return (
        <Suspense fallback={<Loading lines={14} />}>
          <FileTab draft={draft} schema={schema} />
        </Suspense>
      );
    case 'routes':
      return <RoutesTab schema={schema} etag={file.etag} />;
    case 'history':
      return <HistoryTab etag={file.etag} />;
    case 'values':
      return <ValuesTab effective={effective} />;
  }
}
