// Which pictures of the dashboard there are: a page each, with what has to have happened before.

import { PAGES, type PageFacts } from '../../dashboard/src/app/pages.ts';
import type { Stage } from '../kit/stage/stage.ts';

/** A picture to be taken. */
export interface Scene {
  readonly name: string;
  /** Below /dashboard. */
  readonly path: string;
  /** In the README. */
  readonly best: boolean;
}

/** Pages whose pictures the README shows. */
const BEST: readonly PageFacts['id'][] = [
  'overview',
  'live',
  'requests',
  'upstreams',
  'playground',
  'configuration',
];

/** What is shown besides the pages of the navigation. */
export interface Finds {
  /** A captured request that was tried several times. */
  readonly request: string;
  /** A run of an agent with subagents. */
  readonly conversation: string;
  readonly upstream: string;
}

/** Every picture. */
export function scenesOf({ request, conversation, upstream }: Finds): readonly Scene[] {
  const pages = PAGES.map(({ id, path }) => ({ name: id, path: pathOf(id, path), best: BEST.includes(id) }));
  return [
    ...pages,
    { name: 'request', path: `/requests/${request}`, best: true },
    { name: 'conversation', path: `/conversations/${encodeURIComponent(conversation)}`, best: false },
    { name: 'upstream', path: `/upstreams/${upstream}`, best: false },
    { name: 'accounts', path: '/upstreams/codex', best: false },
    { name: 'client', path: '/clients/ci', best: false },
  ];
}

/** Pages about a period are about a week in pictures. */
function pathOf(id: PageFacts['id'], path: string): string {
  return id === 'overview' || id === 'models' || id === 'clients' ? `${path}?last=7d` : path;
}

/** Lets happen what the pictures show, and finds it. */
export async function rehearse(stage: Stage): Promise<Finds> {
  const { flaky } = stage.providers;
  await stage.admin('POST', '/capture', { seconds: 300, requests: 200 });
  await stage.admin('POST', '/accounts/quota');
  await stage.ask(40, { together: 8 });
  // One key is limited, another meets a failure, and the request is served elsewhere, converted on its way.
  flaky.retryAfterSeconds = 170;
  flaky.upcoming = ['limited', 'failing'];
  const [retried] = await stage.ask(1, {
    model: 'gpt-5.2',
    format: 'anthropic-messages',
    client: 'alice',
    tokens: 120,
    stream: true,
    system: 'You are the reviewer of this repository. Be brief.',
  });
  await stage.ask(1, { model: 'smart', format: 'openai-chat', prompt: 'Why is the build red?', tokens: 90 });
  return {
    request: retried?.id ?? '',
    conversation: await longRun(stage),
    upstream: stage.naming === 'vendors' ? 'openai' : 'flaky',
  };
}

/** The id of a recent conversation with subagents. */
async function longRun(stage: Stage): Promise<string> {
  const { json } = await stage.admin('GET', '/exchanges?limit=500');
  const { rows } = json as { rows: readonly { agentId?: string; conversationId?: string }[] }; // As the contract says.
  const found = rows.find(
    ({ agentId, conversationId }) => agentId !== undefined && conversationId !== undefined,
  );
  return found?.conversationId ?? 'run-1';
}
