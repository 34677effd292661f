/**
 * Restrictions on every page in this program, whatever gets into one: no navigation, no new windows, no
 * <webview>, no permissions, no network. Together with the window's own settings (`window.ts`), the page's
 * policy (`host/pagePolicy.ts`) and the check of IPC senders (`transport/electron.ts`) this is Electron's
 * security checklist.
 */
import { type Session, type WebContents, app } from 'electron';
import { isOwnPage } from '../transport/electron.ts';

/** Guards all web contents that will be created. It must be called before the first window. */
export function guardContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    guard(contents);
  });
}

function guard(contents: WebContents): void {
  const stay = (event: { readonly url: string; preventDefault(): void }) => {
    // A page may reload itself (a change of language does); nothing else is served under its address.
    if (!isOwnPage(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/**
 * Blocked schemes: Stride is offline, and its page needs nothing from the disk except what `app://stride/`
 * serves.
 */
const closedSchemes = new Set(['http:', 'https:', 'ws:', 'wss:', 'ftp:', 'file:']);

/** Permission to write text to the clipboard, for "Copy". Reading it requires a paste by the user. */
const grantedPermission = 'clipboard-sanitized-write';

export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) => {
    answer(permission === grantedPermission && isOwnPage(requestingUrl));
  });
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === grantedPermission && isOwnPage(origin),
  );
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: !URL.canParse(url) || closedSchemes.has(new URL(url).protocol) });
  });
}
