/** Connects to the lab, creates the state, and mounts the frame. */
import { mount } from 'svelte';
import type { BridgeGlobal } from '../shared/api/bridge.ts';
import App from './App.svelte';
import { AppState } from './app/app.svelte.ts';
import { connect as connectToDesktop } from './transport/electron.ts';
import { connect as connectToServer } from './transport/websocket.ts';

export function open(): void {
  // The preload's bridge exists in the desktop window only.
  const connection = (globalThis as BridgeGlobal).stride ? connectToDesktop() : connectToServer();
  const app = new AppState(connection, window);
  const target = document.getElementById('app');
  if (!target) throw new Error('index.html has no #app');
  target.replaceChildren();
  mount(App, { target, props: { app } });
}
