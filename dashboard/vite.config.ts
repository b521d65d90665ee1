// Builds the dashboard into the server's output, which serves it under /dashboard/. Nothing is inlined, so the page
// works under `Content-Security-Policy: default-src 'self'`.

import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';

/** Where `npm run dev` finds a running gateway. */
const gateway: string = process.env['SLUICE_URL'] ?? 'http://127.0.0.1:9208';

const config: UserConfig = defineConfig({
  base: '/dashboard/',
  plugins: [react(), tailwindcss()],
  build: {
    outDir: '../server/dist/dashboard',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
  },
  server: { host: '127.0.0.1', proxy: { '/health': gateway, '/ready': gateway } },
});

export default config;
