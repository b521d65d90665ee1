// What `sluice setup` and `sluice run` point a tool at: the address of the gateway, a token that it takes, its models.

import { dataFolder } from '../../config/places.ts';
import { gatewayAddress } from '../../setup/address.ts';
import { askModels, knownOutputTokens, type ModelsAnswer } from '../../setup/ask-gateway.ts';
import type { KnownModel, Looking, Tool } from '../../setup/facts.ts';
import { openRecord, type RecordStore } from '../../setup/record.ts';
import { replacePrivate, whileLocked } from '../../vault/private-file.ts';
import { fail } from '../ui/fail.ts';
import type { Terminal } from '../ui/terminal.ts';
import { addClient } from './clients-change.ts';
import { type KeySetting, loadSetting } from './keys-setting.ts';

/** Sent where the gateway asks for no key: the tools do not start without one. */
export const PLACEHOLDER = 'sluice';
/** Holds a client key for those who do not want it on a command line. */
const KEY_VARIABLE = 'SLUICE_API_KEY';
/** How long a running gateway may take to hear of a new client. */
const NEW_KEY_MS = 10_000;
const ASK_AGAIN_MS = 100;

/** Options of both commands. */
export interface TargetFlags {
  readonly url?: string;
  readonly key?: string;
  readonly model?: string;
  readonly config?: string;
  readonly port?: string;
}

/** A gateway. */
export interface Target {
  readonly url: string;
  /** Its configuration; undefined for a gateway elsewhere. */
  readonly own: KeySetting | undefined;
}

/** A token, and the client that was made for it. */
export interface Token {
  readonly token: string;
  readonly client: string | undefined;
}

/** A token that can be used; or one has to be made; or it has to be given. */
export type AtHand =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'new' }
  | { readonly kind: 'missing' };

/** The record of this user's set-ups. */
export function recordStore({ env, home }: Pick<Terminal, 'env' | 'home'>): RecordStore {
  const folder = dataFolder({ env, home, platform: process.platform });
  return openRecord(folder, { replacePrivate, whileLocked });
}

/** The gateway that is meant; says why there is none. */
export async function findTarget(terminal: Terminal, flags: TargetFlags): Promise<Target | undefined> {
  const key = flags.key ?? terminal.env[KEY_VARIABLE];
  if (key !== undefined && !/^[\x21-\x7e]*$/.test(key.trim()))
    return fail(terminal, 'The client key holds characters that no key has.', 'Copy it once more.');
  if (flags.url !== undefined) {
    const address = gatewayAddress(flags.url);
    if (!address.ok) return fail(terminal, address.message, 'Write it as in http://127.0.0.1:9208.');
    const own = await quietSetting(terminal, flags);
    const same = own !== undefined && onThisMachine(own.origin) === onThisMachine(address.url);
    return { url: address.url, own: same ? own : undefined };
  }
  const own = await loadSetting(terminal, settingFlags(flags));
  return own === undefined ? undefined : { url: own.origin, own };
}

/** One name for the addresses by which a machine calls itself. */
function onThisMachine(url: string): string {
  return url.replace(/\/\/(?:localhost|\[::1\])(?=[:/]|$)/, '//127.0.0.1');
}

function settingFlags({ config, port }: TargetFlags): { config?: string; port?: string } {
  return { ...(config === undefined ? {} : { config }), ...(port === undefined ? {} : { port }) };
}

/** The configuration, where there is a usable one: for a gateway named by its address it is not needed. */
function quietSetting(terminal: Terminal, flags: TargetFlags): Promise<KeySetting | undefined> {
  const silent: Terminal = {
    ...terminal,
    out: () => undefined,
    err: () => undefined,
    exitCode: () => undefined,
  };
  return loadSetting(silent, settingFlags(flags));
}

/** The token that is there already: as given, as the tool has it, or none that counts. */
export async function tokenAtHand(
  terminal: Terminal,
  target: Target,
  flags: TargetFlags,
  tool: Tool,
  looking: Looking,
): Promise<AtHand> {
  const given = flags.key ?? terminal.env[KEY_VARIABLE];
  if (given !== undefined && given.trim() !== '') return { kind: 'token', token: given.trim() };
  const { url, token } = tool.pointsAt(looking);
  if (token !== undefined && url?.replace(/\/v1(?:beta)?$/, '') === target.url && token !== PLACEHOLDER) {
    const answer = await askModels(target.url, token);
    if (answer.ok || answer.why !== 'token') return { kind: 'token', token };
  }
  if (target.own !== undefined) {
    const asks = target.own.settings.clients.some(({ enabled }) => enabled);
    return asks ? { kind: 'new' } : { kind: 'token', token: PLACEHOLDER };
  }
  const open = await askModels(target.url, PLACEHOLDER);
  return !open.ok && open.why === 'token' ? { kind: 'missing' } : { kind: 'token', token: PLACEHOLDER };
}

/** Says that a key is needed and where it comes from. */
export function tellMissingKey(terminal: Terminal, { url }: Target): undefined {
  return fail(
    terminal,
    `The gateway at ${url} asks for a client key.`,
    `Give one with --key or ${KEY_VARIABLE}; on the gateway's machine "sluice clients add" makes one.`,
  );
}

/** Makes a client for a tool, as `sluice clients add` does, and waits until the gateway takes its key. */
export async function makeToken(
  terminal: Terminal,
  target: Target,
  flags: TargetFlags,
  tool: Tool,
): Promise<Token | undefined> {
  const taken = new Set(target.own?.settings.clients.map(({ id }) => id));
  let client: string = tool.id;
  for (let number = 2; taken.has(client); number++) client = `${tool.id}-${number}`;
  let printed = '';
  // The key goes into the tool's file and is not shown.
  const catching: Terminal = {
    ...terminal,
    out: (line) => {
      printed += line;
    },
  };
  await addClient(catching, client, {
    json: true,
    name: tool.title,
    ...(flags.config === undefined ? {} : { config: flags.config }),
  });
  if (printed === '') return undefined;
  const made: unknown = JSON.parse(printed);
  const key = typeof made === 'object' && made !== null && 'key' in made ? String(made.key) : '';
  terminal.err(
    `${terminal.colours.green('✔')} Made the client "${client}" in the configuration of the gateway.`,
  );
  await untilTaken(target.url, key);
  return { token: key, client };
}

/** A gateway that does not run takes the key when it starts. */
async function untilTaken(url: string, key: string): Promise<void> {
  const endMs = performance.now() + NEW_KEY_MS;
  for (;;) {
    const answer = await askModels(url, key);
    if (answer.ok || answer.why !== 'token' || performance.now() > endMs) return;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

/** The gateway's models with all limits that are known, by its own word or by the price list. */
export async function modelsOf(
  target: Target,
  token: string,
): Promise<{ readonly models: readonly KnownModel[]; readonly answer: ModelsAnswer }> {
  const answer = await askModels(target.url, token);
  if (!answer.ok) return { models: [], answer };
  return { models: await withLimits(answer.models), answer };
}

/** Fills in limits that nobody told. */
export async function withLimits(models: readonly KnownModel[]): Promise<readonly KnownModel[]> {
  const { contextWindows } = await import('../../prices/windows.ts');
  const windowOf = contextWindows();
  return models.map(({ id, contextTokens, outputTokens }) => ({
    id,
    contextTokens: contextTokens || windowOf(id),
    outputTokens: outputTokens || knownOutputTokens(id),
  }));
}
