// The port of the gateway: held by a Sluice, by another program, or free.

import { request } from 'node:http';
import { createServer } from 'node:net';
import { isObject, parseJson, textOf } from '../core/model/json.ts';
import { type Finding, finderOf } from './finding.ts';

/** Who listens. `code`: why nobody can. */
export type PortHolder =
  | { readonly kind: 'sluice'; readonly version: string | undefined }
  | { readonly kind: 'other' }
  | { readonly kind: 'free' }
  | { readonly kind: 'refused'; readonly code: string };

const ANSWER_MS = 2_000;
const MOST_CHARACTERS = 10_000;

/** Looks who holds the port at which a gateway is reached at `origin` and would listen on `host`. Never rejects. */
export async function portHolder(origin: string, host: string, port: number): Promise<PortHolder> {
  const answer = parseJson(await textAt(`${origin}/`));
  if (isObject(answer) && answer['status'] === 'ok' && textOf(answer['service'])?.toLowerCase() === 'sluice')
    return { kind: 'sluice', version: textOf(answer['version']) };
  // Any free port will do.
  if (port === 0) return { kind: 'free' };
  const code = await listenFault(host, port);
  if (code === undefined) return { kind: 'free' };
  return code === 'EADDRINUSE' ? { kind: 'other' } : { kind: 'refused', code };
}

function textAt(url: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const sent = request(url, { agent: false, headers: { accept: 'application/json' } }, (answer) => {
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
        if (text.length > MOST_CHARACTERS) sent.destroy();
      });
      answer.on('error', () => undefined);
    });
    const timer = setTimeout(() => sent.destroy(), ANSWER_MS);
    sent.on('error', () => undefined);
    sent.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
    sent.end();
  });
}

/** Why nobody can listen there: the system's code; undefined: one can. */
function listenFault(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}

/** About the port; `mine` is the version of this command. */
export function portFinding(holder: PortHolder, origin: string, host: string, mine: string): Finding {
  const { ok, warning, problem } = finderOf('port');
  switch (holder.kind) {
    case 'sluice':
      if (holder.version !== undefined && holder.version !== mine)
        return warning(
          `Sluice ${holder.version} runs at ${origin}, but this command is of version ${mine}.`,
          'Restart the gateway, so that the installed version serves.',
        );
      return ok(`Sluice ${holder.version ?? ''} runs at ${origin}.`.replace('  ', ' '));
    case 'other':
      return problem(
        `Another program listens at ${origin}, so the gateway cannot start there.`,
        'Stop that program, or choose another port: server.port, --port or PORT.',
      );
    case 'free':
      return ok(`No gateway runs, and ${origin} is free for it.`);
    case 'refused':
      return problem(
        `The gateway cannot listen on ${host} (${holder.code}).`,
        holder.code === 'EACCES'
          ? 'Ports below 1024 need a privilege: choose another with server.port, --port or PORT.'
          : 'Set server.host to an address of this machine.',
      );
  }
}
