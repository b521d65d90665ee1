// Builds the dashboard into the server's output, which serves it under /dashboard/. Nothing is inlined, so the page
// works under `Content-Security-Policy: default-src 'self'`.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

/** Where `npm run dev` finds a running gateway. */
const gateway: string = process.env['SLUICE_URL'] ?? 'http://127.0.0.1:9208';

/** Below this, compressing saves nothing worth a file. */
const LEAST_BYTES = 1024;

/** Writes every text of the page a second and a third time, compressed, so that the gateway never has to. */
function compressed(): Plugin {
  return {
    name: 'sluice-compressed',
    apply: 'build',
    async writeBundle({ dir }) {
      if (dir === undefined) return;
      const files = await readdir(dir, { recursive: true });
      const texts = files.filter((file) => /\.(?:js|css|html|svg|webmanifest)$/.test(file));
      await Promise.all(texts.map((file) => compress(join(dir, file))));
    },
  };
}

async function compress(path: string): Promise<void> {
  const text = await readFile(path);
  if (text.length < LEAST_BYTES) return;
  const [gz, br] = await Promise.all([
    promisify(gzip)(text, { level: 9 }),
    promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  ]);
  await Promise.all([writeFile(`${path}.gz`, gz), writeFile(`${path}.br`, br)]);
}

const config: UserConfig = defineConfig({
  base: '/dashboard/',
  plugins: [react(), tailwindcss(), compressed()],
  build: {
    outDir: '../server/dist/dashboard',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/admin', '/health', '/ready', '/v1', '/v1beta'].map((path) => [
        path,
        { target: gateway, changeOrigin: false },
      ]),
    ),
  },
});

export default config;
