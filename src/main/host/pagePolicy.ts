/**
 * Restrictions on the window's page, in the desktop and in a browser: it may load its own files and connect
 * to its own origin.
 */

/**
 * Returns a policy that allows nothing from other origins, nothing inline, no eval, no frames around the page
 * or in it, and no forms. `connect` lists other addresses that the page may connect to: not all browsers
 * count a WebSocket to the same host as 'self'.
 */
export function contentSecurityPolicy(connect: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    ['connect-src', "'self'", ...connect].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Headers of every response, for pages and files alike. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
