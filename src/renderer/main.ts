/** The window's entry point: connects to the lab, creates the state, mounts the frame. */
import './ui/base.css';
import { mount } from 'svelte';
import type { BridgeGlobal } from '../shared/api/bridge.ts';
import App from './App.svelte';
import { AppState } from './app/app.svelte.ts';
import { connect as connectToDesktop } from './transport/electron.ts';
import { connect as connectToServer } from './transport/websocket.ts';

// The preload's bridge exists in the desktop window only.
const app = new AppState(
  (globalThis as BridgeGlobal).stride ? connectToDesktop() : connectToServer(),
  window,
);
const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
mount(App, { target, props: { app } });
