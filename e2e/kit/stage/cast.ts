// Who plays on the stage: upstreams with their models and keys, and the clients. By default upstreams are called after what
// they do, for tests; with the names of vendors they look like somebody's own gateway, for pictures.

import { createHash } from 'node:crypto';

/** What an upstream of the stage is for. */
export type Role = 'steady' | 'flaky' | 'second' | 'gemini' | 'workshop';

/** Every role. */
export const ROLES: readonly Role[] = ['steady', 'flaky', 'second', 'gemini', 'workshop'];

/** How upstreams are called. */
export type Naming = 'roles' | 'vendors';

const VENDOR_NAMES: Readonly<Record<Role, string>> = {
  steady: 'anthropic',
  flaky: 'openai',
  second: 'openrouter',
  gemini: 'gemini',
  workshop: 'workshop',
};

/** The id of an upstream. */
export function upstreamId(role: Role, naming: Naming): string {
  return naming === 'roles' ? role : VENDOR_NAMES[role];
}

/** Models of each upstream; the first one is the one to ask for. Those of `second` are served by others first. */
export const MODELS = {
  steady: ['claude-sonnet-4-5', 'claude-opus-4-5', 'claude-haiku-4-5'],
  flaky: ['gpt-5-mini', 'gpt-5.2'],
  second: ['claude-sonnet-4-5', 'claude-haiku-4-5', 'gpt-5-mini', 'gpt-5.2', 'gemini-2.5-pro'],
  gemini: ['gemini-2.5-flash', 'gemini-2.5-pro'],
  workshop: ['qwen3-coder'],
} as const satisfies Readonly<Record<Role, readonly string[]>>;

/** Other names for models. */
export const ALIASES = { fast: 'gpt-5-mini', smart: 'claude-sonnet-4-5', cheap: 'gemini-2.5-flash' } as const;

/** A key of an upstream. */
interface StageKey {
  readonly name: string;
  readonly secret: string;
}

/** Keys of each upstream; `workshop` is a server of one's own that wants none. */
export const KEYS: Readonly<Record<Role, readonly StageKey[]>> = {
  steady: [
    { name: 'team', secret: 'sk-ant-stage-team-5c1d0e7f2a9b4863' },
    { name: 'evenings', secret: 'sk-ant-stage-more-8e24b60fd1937ac5' },
  ],
  flaky: [
    { name: 'main', secret: 'sk-proj-stage-main-04f9c7ab62e8d135' },
    { name: 'spare', secret: 'sk-proj-stage-spare-b7603fe19cd2845a' },
    { name: 'trial', secret: 'sk-proj-stage-trial-d3a852c90b7e46f1' },
  ],
  second: [{ name: 'shared', secret: 'sk-or-stage-shared-91be5d7038ca2f64' }],
  gemini: [{ name: 'project-a', secret: 'AIza-stage-project-2f80d6a4c93b715e' }],
  workshop: [],
};

/** The id under which the gateway knows a key: it comes from the key itself. */
export function keyId(secret: string | undefined): string {
  return secret === undefined
    ? 'k_none'
    : `k_${createHash('sha256').update(secret).digest('hex').slice(0, 8)}`;
}

/** A client of the stage. */
export type ClientName = 'alice' | 'ci' | 'night-batch';

/** Keys of the clients. */
export const CLIENT_KEYS: Readonly<Record<ClientName, string>> = {
  alice: 'sk-stage-alice-7f41c09be6d2835a',
  ci: 'sk-stage-ci-1d96e8a37c50b42f',
  'night-batch': 'sk-stage-night-batch-e05b72d4938fa16c',
};

/** US dollars for a million tokens: what the built-in price list says of these models, so that past and present agree. */
export const PRICES: Readonly<
  Record<string, { input: number; output: number; read: number; write: number }>
> = {
  'claude-sonnet-4-5': { input: 3, output: 15, read: 0.3, write: 3.75 },
  'claude-opus-4-5': { input: 5, output: 25, read: 0.5, write: 6.25 },
  'claude-haiku-4-5': { input: 1, output: 5, read: 0.1, write: 1.25 },
  'gpt-5-mini': { input: 0.25, output: 2, read: 0.025, write: 0.25 },
  'gpt-5.2': { input: 1.75, output: 14, read: 0.175, write: 1.75 },
  'gemini-2.5-flash': { input: 0.3, output: 2.5, read: 0.03, write: 0.3 },
  'gemini-2.5-pro': { input: 1.25, output: 10, read: 0.125, write: 1.25 },
};
