/**
 * Serves the built window at `app://stride/`. A scheme of its own gives the page an origin, so that its
 * policy can say 'self', without a server that other programs could reach; `file:` would let a page read the
 * disk.
 */
import { readFile } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import { type Protocol, protocol } from 'electron';
import { contentSecurityPolicy, pageHeaders } from '../../host/pagePolicy.ts';
import { isOwnPage, pageHost, pageScheme } from '../../transport/electron.ts';

export const pageUrl = `${pageScheme}://${pageHost}/index.html`;

/** Types of the files in a build of the window. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Registers the scheme. It must be called before Electron is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: pageScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

export function servePage(protocol: Protocol, renderer: string): void {
  protocol.handle(pageScheme, (request) => answer(request, renderer));
}

async function answer({ method, url }: Request, renderer: string): Promise<Response> {
  if (method !== 'GET' && method !== 'HEAD') return refuse(405);
  const path = isOwnPage(url) ? locate(new URL(url).pathname, renderer) : undefined;
  const type = path && types[extname(path)];
  if (!path || !type) return refuse(404);
  try {
    const body = await readFile(path);
    const headers = {
      ...pageHeaders,
      'Content-Security-Policy': contentSecurityPolicy(),
      'Content-Type': type,
    };
    return new Response(method === 'HEAD' ? null : new Uint8Array(body), { headers });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return refuse(404);
    throw error;
  }
}

/** Returns the file that a path names; undefined if it is outside the folder or the path is not valid. */
function locate(pathname: string, folder: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0')) return undefined;
  const root = resolve(folder);
  const path = resolve(root, `.${decoded === '/' ? '/index.html' : decoded}`);
  return path.startsWith(root + sep) ? path : undefined;
}

function refuse(status: number): Response {
  return new Response('There is nothing here.\n', {
    status,
    headers: { ...pageHeaders, 'Content-Type': 'text/plain' },
  });
}
