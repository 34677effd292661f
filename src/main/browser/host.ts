/**
 * The browser host: a lab, a server, its address on one line, and an app window where one can be opened; until Ctrl-C,
 * which checkpoints the runs under way and ends.
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
  /** Where Enter is pressed, if anywhere. */
  readonly stdin?: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly signals: Signals;
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** At a second Ctrl-C. */
  readonly kill: () => void;
}

/** Runs until it is told to end; gives the exit code. */
export async function runBrowserHost(host: BrowserHost, options: BrowserOptions): Promise<number> {
  const note = (text: string) => {
    host.stderr.write(`${text}\n`);
  };
  // Who started it may have stopped reading; that is no reason to end training.
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
  // An address opens once. Who wants to come in from another browser presses Enter.
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
        ? say('Writing a checkpoint; Ctrl-C again ends without.')
        : say('Writing {count} checkpoints; Ctrl-C again ends without.', { count: runs }),
    );
  // The lab first: windows hear that their runs have stopped, then that the lab has ended.
  await lab.close();
  await server.close();
  forget();
  return exitCodes.ok;
}

interface KeptServer {
  readonly server: LabServer;
  /** Forgets the sessions: they end with a host that ends as it should. */
  readonly forget: () => void;
}

/**
 * Starts the server. Where the host before this one was killed and no other port is asked for, it takes that host's port and
 * sessions, so that windows which are still open find the lab again by themselves; where the port is taken, a free one.
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
      // The lab can be used all the same; its windows only do not find it again after it was killed.
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

/** The lab is open without a window of its own too, so whatever keeps one from opening is said and no more. */
async function openWindow(host: BrowserHost, server: LabServer, note: (text: string) => void): Promise<void> {
  const instead = 'open the address in the browser you have';
  try {
    const browser = await findBrowser(host.platform, host.env);
    if (browser === undefined)
      note(
        say(
          'No Chrome, Chromium or Edge was found for a window of its own; open the address in the browser you have.',
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
