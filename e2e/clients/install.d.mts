// Types of install.mjs, which stays JavaScript so that it runs without a build.

/** A client of the tests. */
export type ClientName = 'claude-code' | 'codex' | 'gemini-cli' | 'opencode';
export function programOf(name: ClientName): readonly string[] | undefined;
export function installClient(name: ClientName): Promise<void>;
