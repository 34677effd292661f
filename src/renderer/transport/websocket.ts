/**
 * The connection to the lab from a window in a browser. A lost connection is retried with growing pauses, for as long
 * as the window is open: the lab may be behind a tunnel that comes back, or be restarted at the same address. It ends
 * for good if the server does not know this window (another lab has taken the port).
 */
import type { ServerMessage } from '../../shared/api/api.ts';
import { decodeMessage, encodeMessage, labPath } from '../../shared/base/codec.ts';
import { Problem } from '../../shared/base/problem.ts';
import { Client, type Connection } from './client.ts';
import { drawingTime } from './drawingTime.ts';

const firstPause = 250;
const longestPause = 8000;

/** All options are for tests; a window needs none. */
export interface WebSocketOptions {
  readonly open?: () => WebSocket;
  /**
   * Returns whether the server answers but refuses this window; a browser does not say why a WebSocket could not be
   * opened.
   */
  readonly refused?: () => Promise<boolean>;
  /** Returns the milliseconds before attempt `n`, counted from 0. */
  readonly pause?: (attempt: number) => number;
  /** Measures how long events take to be handled and drawn. */
  readonly measure?: typeof drawingTime;
}

export function connect({
  open = openHere,
  refused = askServer,
  pause = growingPause,
  measure = drawingTime,
}: WebSocketOptions = {}): Connection {
  let socket: WebSocket;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  const client = new Client(() => {
    clearTimeout(timer);
    socket.close(1000);
  });

  // The server sends events less often to a window whose drawing takes much time.
  const measured = measure((seconds) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(encodeMessage({ kind: 'drawn', seconds }));
  });
  const receive = (message: ServerMessage) => {
    const deliver = () => {
      client.receive(message);
    };
    if (message.kind === 'event' || message.kind === 'events') measured(deliver);
    else deliver();
  };

  const start = () => {
    let wasOpen = false;
    const current = open();
    socket = current;
    current.binaryType = 'arraybuffer';
    current.addEventListener('open', () => {
      wasOpen = true;
      attempt = 0;
      client.opened((message) => {
        current.send(encodeMessage(message));
      });
    });
    current.addEventListener('message', (event: MessageEvent<ArrayBuffer>) => {
      receive(decodeMessage(event.data) as ServerMessage);
    });
    current.addEventListener('close', () => {
      if (client.status === 'closed') return;
      client.lost();
      void again(wasOpen);
    });
  };

  const again = async (wasOpen: boolean) => {
    if (!wasOpen && (await refused())) {
      const text =
        'Stride does not know this window any more; open the address that it printed when it started';
      client.ended(new Problem('transport.refused', text));
    }
    if (client.status !== 'closed') timer = setTimeout(start, pause(attempt++));
  };

  start();
  return client;
}

function openHere(): WebSocket {
  const { protocol, host } = location;
  return new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}${labPath}`);
}

async function askServer(): Promise<boolean> {
  try {
    const { status } = await fetch('/', { method: 'HEAD', cache: 'no-store' });
    return status === 403;
  } catch {
    return false; // nobody there: that is what waiting is for
  }
}

/**
 * Returns a quarter of a second, doubled each time up to eight seconds, minus up to a quarter of that at random, so
 * that windows do not retry simultaneously.
 */
function growingPause(attempt: number): number {
  return Math.min(longestPause, firstPause * 2 ** attempt) * (1 - Math.random() / 4);
}
