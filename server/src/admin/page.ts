// Serves the built dashboard to browsers: /dashboard/, and / for people who type the address. What the build has named by
// its content is kept by browsers for a year; everything else is asked for again each time.

import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';

/** Where the build puts the page, seen from the built server and from its sources. */
const FOLDERS = ['../dashboard', '../../dist/dashboard'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const MOUNT = '/dashboard';
/** Files here have a hash of their content in their names. */
const HASHED = '/assets/';

/** Nothing from elsewhere, nothing inline, no frame around it. */
const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** Answers a request for the page; false when the path is not the page's or the page is not built. */
export type Page = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Answers with a file; calls `missing` where there is none of this path. */
type ServeFile = (request: IncomingMessage, response: ServerResponse, missing: () => void) => void;

/** Makes the page. The folder is looked through when it is first asked for. */
export function dashboardPage(folders: readonly string[] = FOLDERS): Page {
  const folder = folders.find((candidate) => existsSync(candidate));
  if (folder === undefined) return () => false;
  let loading: Promise<ServeFile> | undefined;
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
    loading ??= filesOf(folder);
    loading
      .then((serve) => answer(serve, request, response))
      .catch(() => {
        // Whoever comes next may have more luck.
        loading = undefined;
        response.destroy();
      });
    return true;
  };
}

/** The files of a folder. Where the build has left a compressed one beside one, whoever takes it gets that. */
async function filesOf(folder: string): Promise<ServeFile> {
  const { default: sirv } = await import('sirv');
  // No ETag: sirv makes it of size and time, which packages of two versions can have in common.
  return sirv(folder, { gzip: true, brotli: true, dotfiles: false });
}

function answer(serve: ServeFile, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '/';
  const isHashed = path.startsWith(HASHED);
  for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
  response.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  // The files are small, and a range that makes no sense would be a defect.
  delete request.headers.range;
  // A file that has gone since the folder was looked through ends this answer, not the gateway.
  response.on('pipe', (source) => source.on('error', () => response.destroy()));
  serve(request, response, () => {
    if (isHashed || !isVisit(request)) {
      nothing(response);
      return;
    }
    // A path of the page's own, as in a bookmark: names of models have dots, and are no files.
    request.url = '/';
    serve(request, response, () => nothing(response));
  });
}

/** True for what a browser wants to show as a page, and for a path that cannot be a file. */
function isVisit({ url = '/', headers }: IncomingMessage): boolean {
  const [path = ''] = url.split('?', 1);
  return !/\.\w+$/.test(path) || (headers.accept ?? '').includes('text/html');
}

function nothing(response: ServerResponse): void {
  response.setHeader('cache-control', 'no-store');
  response.writeHead(404, { 'content-length': 0 });
  response.end();
}
