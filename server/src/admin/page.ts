// Serves the built dashboard to browsers: /dashboard/, and / for people who type the address.

import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';

/** Where the build puts the page, seen from the built server and from its sources. */
const FOLDERS = ['../dashboard', '../../dist/dashboard'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const MOUNT = '/dashboard';

/** Nothing from elsewhere, nothing inline, no frame around it. */
const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** Answers a request for the page; false when the path is not the page's or the page is not built. */
export type Page = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Makes the page. */
export function dashboardPage(): Page {
  const folder = FOLDERS.find((candidate) => existsSync(candidate));
  if (folder === undefined) return () => false;
  const serve = sirv(folder, {
    etag: true,
    single: true,
    setHeaders: (response) => {
      for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
    },
  });
  return (request, response) => {
    const url = request.url ?? '/';
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    if (url === '/' || url === MOUNT) {
      response.writeHead(302, { location: `${MOUNT}/`, 'content-length': 0 });
      response.end();
      return true;
    }
    if (!url.startsWith(`${MOUNT}/`)) return false;
    request.url = url.slice(MOUNT.length);
    serve(request, response, () => {
      response.writeHead(404, { 'content-length': 0 });
      response.end();
    });
    return true;
  };
}
