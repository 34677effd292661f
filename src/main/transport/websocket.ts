/**
 * One WebSocket as a channel on the server's side. Bytes that are not MessagePack close the connection
 * (1007), and so does a reader that is megabytes behind: a window on a slow line must not fill this process'
 * memory; it reconnects and asks for what it needs. A ping every half minute keeps tunnels open and detects
 * dead lines.
 */
import type { Channel, ClientMessage, ServerMessage } from '../../shared/api/api.ts';
import { decodeMessage, encodeMessage } from '../../shared/base/codec.ts';

/** The methods used of a `ws` socket (the package has no types). */
export interface ServerSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: Uint8Array): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  ping(): void;
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): unknown;
  on(event: 'pong' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

const openState = 1;
const backlogLimit = 32 * 2 ** 20;

export interface WebSocketChannelOptions {
  readonly heartbeatMilliseconds?: number;
}

export function webSocketChannel(
  socket: ServerSocket,
  { heartbeatMilliseconds = 30_000 }: WebSocketChannelOptions = {},
): Channel<ServerMessage, ClientMessage> {
  const listeners = new Set<(message: ClientMessage) => void>();
  const closings = new Set<() => void>();

  const stopHeartbeat = heartbeat(socket, heartbeatMilliseconds);
  socket.on('message', (data, isBinary) => {
    let message: ClientMessage;
    try {
      if (!isBinary) throw new Error('text');
      message = decodeMessage(data) as ClientMessage;
    } catch {
      socket.close(1007, 'messages are MessagePack');
      return;
    }
    for (const listener of listeners) listener(message);
  });
  // `ws` closes the socket after an error; without a listener the error would end the process.
  socket.on('error', () => {
    socket.terminate();
  });
  socket.on('close', () => {
    stopHeartbeat();
    listeners.clear();
    for (const closing of closings) closing();
    closings.clear();
  });

  return {
    send: (message) => {
      if (socket.readyState !== openState) return;
      if (socket.bufferedAmount > backlogLimit) {
        socket.terminate();
        return;
      }
      socket.send(encodeMessage(message));
    },
    onMessage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onClose: (listener) => {
      closings.add(listener);
      return () => closings.delete(listener);
    },
    close: () => {
      socket.close(1000);
    },
  };
}

/** Pings the socket and terminates it if a ping is not answered before the next. Returns the function that ends this. */
function heartbeat(socket: ServerSocket, milliseconds: number): () => void {
  let answered = true;
  const timer = setInterval(() => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
  }, milliseconds);
  timer.unref();
  socket.on('pong', () => {
    answered = true;
  });
  return () => {
    clearInterval(timer);
  };
}
