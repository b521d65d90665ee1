// The questions of `sluice init`.

import { confirm, isCancel, multiselect, text } from '@clack/prompts';
import type { StarterUpstream } from '../../config/starter-file.ts';

/** What `sluice init` has to know. */
export interface InitAnswers {
  readonly port: number;
  readonly upstreams: readonly StarterUpstream[];
  /** Make a client key. */
  readonly client: boolean;
}

/** Asks, with the proposal as the default of every question. undefined: the user gave up. */
export async function askInit(proposal: InitAnswers, path: string): Promise<InitAnswers | undefined> {
  const chosen = await askUpstreams(proposal.upstreams, path);
  if (chosen === undefined) return undefined;
  const port = await text({
    message: 'Which port should the gateway listen on?',
    initialValue: String(proposal.port),
    validate: (value) => {
      return /^\d{1,5}$/.test(value ?? '') && Number(value) <= 65_535
        ? undefined
        : 'A number from 0 to 65535.';
    },
  });
  if (isCancel(port)) return undefined;
  const client = await confirm({
    message: 'Make a key that programs must send? (Without one, every program on this machine may call.)',
    initialValue: proposal.client,
  });
  if (isCancel(client)) return undefined;
  return { port: Number(port), upstreams: chosen, client };
}

async function askUpstreams(
  found: readonly StarterUpstream[],
  path: string,
): Promise<readonly StarterUpstream[] | undefined> {
  if (found.length === 0) {
    const message = `No provider key was found in the environment. Write ${path} with examples?`;
    const go = await confirm({ message });
    return isCancel(go) || !go ? undefined : [];
  }
  const ids = await multiselect({
    message: `These providers were found in the environment. Which go into ${path}?`,
    options: found.map(({ id, keys }) => ({ value: id, label: id, hint: keys.join(', ') })),
    initialValues: found.map(({ id }) => id),
    required: false,
  });
  return isCancel(ids) ? undefined : found.filter(({ id }) => ids.includes(id));
}
