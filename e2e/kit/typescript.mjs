// Loads modules in TypeScript into a plain Node process, for programs of this folder that a person runs.

import { createServer } from 'vite';

/** Runs `use` with the module of a file; what it imports later is there until `use` has ended. */
export async function withTypescript(path, use) {
  const server = await createServer({
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  });
  try {
    return await use(await server.ssrLoadModule(path));
  } finally {
    await server.close();
  }
}
