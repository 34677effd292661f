/**
 * The desktop window's connection to the lab, through the object that the preload exposes. The main process lives as
 * long as the window.
 */
import type { BridgeGlobal } from '../../shared/api/bridge.ts';
import { Client, type Connection } from './client.ts';

export function connect(): Connection {
  const { stride: bridge } = globalThis as BridgeGlobal;
  if (!bridge) throw new Error('no preload here: this page is not in the desktop window');
  const client = new Client(() => {
    stop();
  });
  const stop = bridge.onMessage((message) => {
    client.receive(message);
  });
  client.opened((message) => {
    bridge.send(message);
  });
  return client;
}
