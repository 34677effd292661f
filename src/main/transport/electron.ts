/**
 * One window's channel over Electron's IPC. A message counts only if it comes from that window's main frame
 * while it shows Stride's own page: messages from a frame inside it, another window, or any other page are
 * ignored.
 */
import type { IpcMain, IpcMainEvent, WebContents } from 'electron';
import type { Channel, ClientMessage, ServerMessage } from '../../shared/api/api.ts';
import { toLab, toWindow } from '../../shared/api/bridge.ts';

/**
 * Scheme of the page's origin. `new URL('app://stride').origin` is 'null' in Node, so scheme and host are
 * compared.
 */
export const pageScheme = 'app';
export const pageHost = 'stride';

export function isOwnPage(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host } = new URL(url);
  return protocol === `${pageScheme}:` && host === pageHost;
}

/** Creates the channel; `warn` is called for refused messages, which get no answer. */
export function electronChannel(
  ipc: Pick<IpcMain, 'on' | 'off'>,
  contents: Pick<WebContents, 'mainFrame' | 'send' | 'isDestroyed' | 'once' | 'off' | 'id'>,
  warn: (text: string) => void,
): Channel<ServerMessage, ClientMessage> {
  const listeners = new Set<(message: ClientMessage) => void>();
  const receive = (event: IpcMainEvent, message: ClientMessage) => {
    // Another window's message belongs to that window's channel and must not cause a warning here.
    if (event.sender.id !== contents.id) return;
    const frame = event.senderFrame;
    if (frame === null || frame !== contents.mainFrame || !isOwnPage(frame.url)) {
      warn(`refused a message from ${frame ? frame.url : 'a frame that is gone'}`);
      return;
    }
    for (const listener of listeners) listener(message);
  };
  const closings = new Set<() => void>();
  const close = () => {
    ipc.off(toLab, receive);
    contents.off('destroyed', close);
    listeners.clear();
    for (const closing of closings) closing();
    closings.clear();
  };
  ipc.on(toLab, receive);
  contents.once('destroyed', close);
  return {
    send: (message) => {
      if (!contents.isDestroyed()) contents.send(toWindow, message);
    },
    onMessage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onClose: (listener) => {
      closings.add(listener);
      return () => closings.delete(listener);
    },
    close,
  };
}
