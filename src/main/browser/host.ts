/**
 * The browser host: a lab, a server, its address on one line, and an app window if one can be opened. It runs
 * until Ctrl-C, which writes checkpoints for the active runs and ends it.
 */
import { Problem } from '../../shared/base/problem.ts';
import { onBrokenOutput } from '../host/brokenOutput.ts';
import { onEnter } from '../host/enter.ts';
import { exitCodes } from '../host/exitCodes.ts';
import { inLanguage, say } from '../host/language.ts';
import { type Signals, onInterrupt } from '../host/interrupts.ts';
import { RunActivity } from '../host/runActivity.ts';
import type { Lab } from '../lab/lab.ts';
import { findBrowser, hasDisplay, openAppWindow } from './appWindow.ts';
import { forgetAddress, keepAddress, readKeptAddress } from './keptAddress.ts';
import type { BrowserOptions } from './options.ts';
import { type LabServer, startServer } from './server.ts';

export interface BrowserHost {
  readonly createLab: () => Promise<Lab>;
  readonly renderer: string;
  /** Stream on which Enter is pressed, if there is one. */
  readonly stdin?: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly signals: Signals;
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** Called at a second Ctrl-C. */
  readonly kill: () => void;
}

/** Runs until it is told to end and returns the exit code. */
export async function runBrowserHost(host: BrowserHost, options: BrowserOptions): Promise<number> {
  const note = (text: string) => {
    host.stderr.write(`${text}\n`);
  };
  // The program that started it may have stopped reading, which must not end training.
  for (const stream of [host.stdout, host.stderr]) onBrokenOutput(stream, () => undefined);

  let lab: Lab | undefined;
  let server: LabServer;
  let forget: () => void;
  try {
    lab = await host.createLab();
    if (lab.lookOnly) note(inLanguage(lab.lookOnly));
    ({ server, forget } = await serveAsBefore(lab, host.renderer, options.port, note));
  } catch (error) {
    await lab?.close();
    if (!(error instanceof Problem)) throw error;
    note(inLanguage(error));
    return exitCodes.failure;
  }

  const activity = new RunActivity(lab);
  const interrupted = new Promise<void>((resolve) => {
    onInterrupt(host.signals, resolve, host.kill);
  });
  const open = server;
  const tell = (url: string) => {
    const line = options.json
      ? JSON.stringify({ type: 'listening', url })
      : say('Stride is open at {url}', { url });
    host.stdout.write(`${line}\n`);
  };
  tell(open.newUrl());
  // An address is valid once. Enter prints another one for another browser.
  const stopReading = onEnter(host.stdin, () => {
    tell(open.newUrl());
  });
  if (options.window && hasDisplay(host.platform, host.env)) await openWindow(host, server, note);

  await interrupted;
  stopReading();
  const runs = activity.count;
  if (runs > 0)
    note(
      runs === 1
        ? say('Writing a checkpoint; press Ctrl-C again to end without it.')
        : say('Writing {count} checkpoints; press Ctrl-C again to end without them.', { count: runs }),
    );
  // The lab is closed first, so that windows learn that their runs have stopped and then that the lab has
  // ended.
  await lab.close();
  await server.close();
  forget();
  return exitCodes.ok;
}

interface KeptServer {
  readonly server: LabServer;
  /** Forgets the sessions, which end with a host that ends normally. */
  readonly forget: () => void;
}

/**
 * Starts the server. If the previous host was killed and no other port is requested, it takes that host's
 * port and sessions, so that open windows reconnect automatically; if the port is taken, a free one.
 */
async function serveAsBefore(
  lab: Lab,
  renderer: string,
  port: number,
  warn: (text: string) => void,
): Promise<KeptServer> {
  const { home } = await lab.call('app.info', {});
  const kept = readKeptAddress(home);
  let listening = 0;
  const keep = (sessions: readonly string[]) => {
    try {
      keepAddress(home, { port: listening, sessions: [...sessions] });
    } catch (error) {
      // The lab still works; only its windows would not reconnect if it were killed.
      warn(
        `The address cannot be kept in ${home}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };
  const start = (on: number) =>
    startServer({
      service: lab,
      renderer,
      port: on,
      warn,
      gate: { sessions: kept?.sessions ?? [], onSession: keep },
    });
  const server = await startOnKeptPort(start, port, kept?.port);
  listening = server.port;
  keep(kept?.sessions ?? []);
  return {
    server,
    forget: () => {
      forgetAddress(home);
    },
  };
}

async function startOnKeptPort(
  start: (port: number) => Promise<LabServer>,
  port: number,
  kept: number | undefined,
): Promise<LabServer> {
  if (port !== 0 || kept === undefined) return start(port);
  try {
    return await start(kept);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'browser.port') throw error;
    return start(0);
  }
}

/** Opens a window. The lab can be used without one, so a failure is only reported. */
async function openWindow(host: BrowserHost, server: LabServer, note: (text: string) => void): Promise<void> {
  const instead = 'open the address in the browser you have';
  try {
    const browser = await findBrowser(host.platform, host.env);
    if (browser === undefined)
      note(
        say(
          'No Chrome, Chromium or Edge was found for a window of its own; open the address in any browser.',
        ),
      );
    else if (!(await openAppWindow(browser, server.appWindowUrl())))
      note(`${browser} opened no window; ${instead}.`);
  } catch (error) {
    note(
      `No window could be opened (${error instanceof Error ? error.message : String(error)}); ${instead}.`,
    );
  }
}
