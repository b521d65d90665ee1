// What a client may use: globs of models and of upstreams, where the configuration has some for it. Asked on every way to
// an upstream there is.

import type { Client, Upstream } from '../../config/settings.ts';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import { resolveAlias } from '../../core/routing/alias.ts';
import { matchesAny } from '../../core/routing/glob.ts';

/** The part of a client that says what it may use. undefined: the gateway is open, and so is everything. */
export type Access = Pick<Client, 'id' | 'models' | 'upstreams'> | undefined;

/** True where something is shut to the client. */
export function isRestricted(access: Access): boolean {
  return access?.models !== undefined || access?.upstreams !== undefined;
}

/** A text that is the same for clients that may use the same. */
export function scopeOf(access: Access): string {
  return JSON.stringify([access?.models, access?.upstreams]);
}

/** Whether it may use an upstream. */
export function mayUseUpstream(access: Access, upstreamId: string): boolean {
  return access?.upstreams === undefined || matchesAny(access.upstreams, upstreamId);
}

/** The upstreams that it may use. */
export function usableUpstreams(upstreams: readonly Upstream[], access: Access): readonly Upstream[] {
  return access?.upstreams === undefined
    ? upstreams
    : upstreams.filter(({ id }) => mayUseUpstream(access, id));
}

/** Whether it may use a model: one of the names, that it asks for or that is sent, is enough. */
export function mayUseModel(access: Access, ...names: readonly string[]): boolean {
  const { models } = access ?? {};
  return models === undefined || names.some((name) => matchesAny(models, name));
}

/** The names that a name of a list stands for: itself, and what aliases make of it. */
export function namesBehind(
  name: string,
  aliases: Readonly<Record<string, string>>,
  upstreams: readonly Upstream[],
): string[] {
  const global = resolveAlias(aliases, name);
  const meant = global ?? name;
  const own = upstreams.flatMap((upstream) => resolveAlias(upstream.aliases, meant) ?? []);
  return [name, ...(global === undefined ? [] : [global]), ...own];
}

/** The refusal of a model, the same whether or not there is such a model. `told`: its name in quotes. */
export function modelForbidden(access: Access, told: string): SluiceError {
  return sluiceError('forbidden', `The client "${access?.id ?? ''}" may not use the model ${told}.`, {
    param: 'model',
    suggestion: 'GET /v1/models lists what it may use.',
  });
}

/** The refusal of a way on which the model cannot be seen. */
export function wayForbidden(access: Access, why: string): SluiceError {
  return sluiceError('forbidden', `The client "${access?.id ?? ''}" may not use this path: ${why}.`, {
    suggestion: 'Ask the operator of this gateway.',
  });
}
