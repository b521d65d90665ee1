// What the command palette offers: pages, upstreams, models and clients by name, and the settings of the page.

import { useNavigate } from '@tanstack/react-router';
import type { ClientView, ModelView, UpstreamView } from '../../../server/src/admin/contract.ts';
import { ask, signOut } from '../api/http.ts';
import { forget, useAsk } from '../api/queries.ts';
import { chooseLanguage } from '../language/language.ts';
import { useMessages } from '../language/messages.ts';
import { tell } from '../ui/toasts.tsx';
import { appMessages } from './messages.ts';
import { PAGES } from './pages.ts';
import { chooseTheme } from './theme.ts';

/** One thing to do. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** What it is: a page, an upstream, something to do. */
  readonly kind: string;
  readonly run: () => void;
}

const MOST_SHOWN = 12;

/** Those whose words contain everything that was typed, those that begin with it first. */
export function matching(commands: readonly Command[], typed: string): readonly Command[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const fits = (title: string): boolean => words.every((word) => title.includes(word));
  const rank = (title: string): number => (title.startsWith(words[0] ?? '') ? 0 : 1);
  return commands
    .map((command) => ({ command, title: `${command.title} ${command.kind}`.toLowerCase() }))
    .filter(({ title }) => fits(title))
    .sort((one, other) => rank(one.title) - rank(other.title))
    .slice(0, MOST_SHOWN)
    .map(({ command }) => command);
}

/** Everything there is at this moment. */
export function useCommands(): readonly Command[] {
  const text = useMessages(appMessages);
  const navigate = useNavigate();
  const deeds = useDeeds();
  const once = { everyMs: false } as const;
  const upstreams = useAsk<{ readonly upstreams: readonly UpstreamView[] }>('/upstreams', {}, once).data;
  const clients = useAsk<{ readonly clients: readonly ClientView[] }>('/clients', {}, once).data;
  const models = useAsk<{ readonly models: readonly ModelView[] }>('/models', {}, once).data;
  return [
    ...PAGES.map(({ id, path }) => ({
      id: `page ${id}`,
      title: text[id],
      kind: text.paletteGo,
      run: () => void navigate({ to: path }),
    })),
    ...deeds,
    { id: 'light', title: text.themeLight, kind: text.theme, run: () => chooseTheme('light') },
    { id: 'dark', title: text.themeDark, kind: text.theme, run: () => chooseTheme('dark') },
    { id: 'system', title: text.themeSystem, kind: text.theme, run: () => chooseTheme('system') },
    { id: 'en', title: 'English', kind: text.language, run: () => chooseLanguage('en') },
    { id: 'zh', title: '简体中文', kind: text.language, run: () => chooseLanguage('zh') },
    { id: 'sign-out', title: text.signOut, kind: text.paletteDo, run: () => void signOut() },
    ...(upstreams?.upstreams ?? []).map(({ id }) => ({
      id: `upstream ${id}`,
      title: id,
      kind: text.upstreams,
      run: () => void navigate({ to: '/upstreams/$id', params: { id } }),
    })),
    ...(clients?.clients ?? []).map(({ id }) => ({
      id: `client ${id}`,
      title: id,
      kind: text.clients,
      run: () => void navigate({ to: '/clients/$id', params: { id } }),
    })),
    ...(models?.models ?? []).map(({ id }) => ({
      id: `model ${id}`,
      title: id,
      kind: text.models,
      run: () => void navigate({ to: '/models', search: { of: id } }),
    })),
  ];
}

/** What is done often enough to be found by typing: most lead to the page that does it, opened at the place. */
function useDeeds(): readonly Command[] {
  const text = useMessages(appMessages);
  const navigate = useNavigate();
  const kind = text.paletteDo;
  return [
    {
      id: 'add-upstream',
      title: text.addUpstream,
      kind,
      run: () => void navigate({ to: '/upstreams', search: { tab: 'add' } }),
    },
    {
      id: 'add-client',
      title: text.addClient,
      kind,
      run: () => void navigate({ to: '/clients', search: { tab: 'add' } }),
    },
    {
      id: 'edit-file',
      title: text.editFile,
      kind,
      run: () => void navigate({ to: '/configuration', search: { tab: 'file' } }),
    },
    { id: 'capture', title: text.captureNow, kind, run: () => void captureNow(text.capturing) },
    {
      id: 'purge',
      title: text.purgeCache,
      kind,
      run: () => void navigate({ to: '/system', search: { tab: 'purge' } }),
    },
    {
      id: 'audit',
      title: text.showAudit,
      kind,
      run: () => void navigate({ to: '/system', search: { tab: 'audit' } }),
    },
  ];
}

/** Captures what comes in the next seconds, as many as the gateway takes unless it is told otherwise. */
async function captureNow(done: string): Promise<void> {
  try {
    await ask('/capture', { method: 'POST', body: {} });
    await forget('/capture');
    tell(done);
  } catch (problem) {
    tell(problem instanceof Error ? problem.message : String(problem), 'bad');
  }
}
