// Types of install.mjs, which stays JavaScript so that it runs without a build.

/** A client of the tests. */
export type ClientName = 'claude-code' | 'codex';
export const CACHE: string;
export function programOf(name: ClientName): string | undefined;
export function installClient(name: ClientName): void;
