// What is there to be used: keys in the environment of the gateway, and model servers on its machine. Whoever asks has no
// say in where is looked, so that nobody can look at other ports or hosts with it; values of variables are never told.

import { keyVariables } from '../../config/environment.ts';
import type { Settings } from '../../config/settings.ts';
import type { AdminApp } from '../app.ts';
import { told } from '../app.ts';
import { type Detected, detectedSchema } from '../contract/surroundings.ts';
import type { AdminParts, FoundServer } from '../parts.ts';

/** Registers the endpoint. */
export function registerDetect(app: AdminApp, parts: AdminParts): void {
  let looking: Promise<readonly FoundServer[]> | undefined;
  /** Whoever asks while somebody does already gets the same answer. */
  const look = (port: number): Promise<readonly FoundServer[]> => {
    looking ??= (parts.localServers?.(port) ?? Promise.resolve([])).finally(() => {
      looking = undefined;
    });
    return looking;
  };
  app.route({
    method: 'POST',
    path: '/detect',
    name: 'detect',
    summary: 'Look for keys in the environment of the gateway and for model servers on its machine',
    description:
      'Changes nothing. Of variables the names are told. Asked are the ports of loopback that Ollama, LM Studio, llama.cpp and vLLM use by default, for a second.',
    changes: false,
    answer: detectedSchema,
    run: async () => {
      const settings = parts.settings();
      const port = parts.listening?.()?.port ?? settings.server.port;
      // A further port of the gateway may be one that a model server has by default.
      const own = settings.server.compatListeners ?? [];
      const local = (await look(port)).filter((server) => !own.includes(server.port));
      return told({
        environment: variablesOf(parts.environment ?? {}, port, settings),
        local: local.map((server) => serverView(server, settings)),
      });
    },
  });
}

function variablesOf(
  environment: Readonly<Record<string, string | undefined>>,
  port: number,
  { upstreams }: Settings,
): Detected['environment'] {
  return keyVariables(environment, port).map(({ variable, provider, keys }) => {
    const user = upstreams.find((one) => one.keys.some(({ secret }) => keys.includes(secret)));
    return {
      variable,
      provider: provider.id,
      providerName: provider.name,
      ...(user === undefined ? {} : { upstreamId: user.id }),
    };
  });
}

function serverView(server: FoundServer, { upstreams }: Settings): Detected['local'][number] {
  const { provider, providerName, port, origin, models } = server;
  const user = upstreams.find(({ baseUrls }) => Object.values(baseUrls).some((url) => leadsTo(url, port)));
  return {
    provider,
    providerName,
    baseUrl: origin,
    models: [...models],
    ...(user === undefined ? {} : { upstreamId: user.id }),
  };
}

/** True for a URL of this port on loopback. */
function leadsTo(url: string, port: number): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, port: own } = new URL(url);
  return Number(own) === port && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
