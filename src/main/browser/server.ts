/**
 * The browser host's server: the built window as files, and the lab behind a WebSocket, on 127.0.0.1 for
 * authorised clients. Every request passes `admit` first, including the upgrade to a WebSocket.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyCookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import fastifyWebsocket from '@fastify/websocket';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { labEndedCode, labPath } from '../../shared/base/codec.ts';
import { Problem } from '../../shared/base/problem.ts';
import { contentSecurityPolicy, pageHeaders } from '../host/pagePolicy.ts';
import { type Service, serve } from '../transport/serve.ts';
import { Turns } from '../transport/turns.ts';
import { type ServerSocket, webSocketChannel } from '../transport/websocket.ts';
import { Gate, type GateOptions, cookieName, isLocalHost, isSameOrigin } from './gate.ts';
import { type Refusal, refusalPage, refusalPolicy } from './refusalPage.ts';

/** Limit on the length of a message; the longest requests contain a network and its settings. */
const longestMessage = 4 * 2 ** 20;
/** Time that a window has to answer the closing of its socket. */
const closeMilliseconds = 1000;
const appWindowMilliseconds = 60_000;

export interface LabServerOptions {
  readonly service: Service;
  /** Folder of the built window, with its index.html. */
  readonly renderer: string;
  /** Port; 0 means a free one. */
  readonly port: number;
  readonly warn: (text: string) => void;
  /** Kept sessions, and a callback for new ones. */
  readonly gate?: GateOptions;
}

export interface LabServer {
  readonly port: number;
  /** Returns an address to open, valid once; each call returns another. */
  newUrl(): string;
  /**
   * Returns an address that is valid once and only for a minute, because an app window's address is on its
   * command line, which all users of the machine can read.
   */
  appWindowUrl(): string;
  /** Tells all windows that the lab has ended, then stops. */
  close(): Promise<void>;
}

export async function startServer({
  service,
  renderer,
  port,
  warn,
  gate: gateOptions,
}: LabServerOptions): Promise<LabServer> {
  if (!existsSync(join(renderer, 'index.html'))) {
    throw new Problem(
      'browser.not-built',
      `the window is not built: there is no index.html in ${renderer}; run: npm start`,
    );
  }
  const gate = new Gate(gateOptions);
  const app = Fastify({ forceCloseConnections: true, bodyLimit: 1024 });
  let cookie = '';

  await app.register(fastifyCookie);
  await app.register(fastifyWebsocket, { options: { maxPayload: longestMessage }, preClose: sayGoodbye });
  app.addHook('onRequest', async (request, reply) => admit(gate, cookie, request, reply));
  const turns = new Turns();
  app.get(labPath, { websocket: true }, (socket: ServerSocket) => {
    serve(webSocketChannel(socket), service, { turns });
  });
  await app.register(fastifyStatic, {
    root: renderer,
    dotfiles: 'deny',
    cacheControl: false,
    setHeaders: setCaching,
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).type('text/plain').send('There is nothing here.\n'),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const code = error.statusCode ?? 500;
    if (code >= 500) warn(`${request.method} ${request.url.split('?', 1)[0]}: ${error.message}`);
    return reply
      .code(code)
      .type('text/plain')
      .send(code >= 500 ? 'Stride failed to answer.\n' : `${error.message}\n`);
  });

  await listen(app, port);
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('listening, but not on a port');
  cookie = cookieName(address.port);
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    port: address.port,
    newUrl: () => `${origin}/?token=${gate.issueToken()}`,
    appWindowUrl: () => `${origin}/?token=${gate.issueToken(appWindowMilliseconds)}`,
    close: () => app.close(),
  };
}

async function listen(app: FastifyInstance, port: number): Promise<void> {
  try {
    await app.listen({ host: '127.0.0.1', port });
  } catch (error) {
    await app.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new Problem(
        'browser.port',
        `port ${port} is taken; choose another, or leave --port out for a free one`,
        { port },
      );
    }
    if (code === 'EACCES') {
      throw new Problem('browser.port', `port ${port} is not for ordinary users; choose one above 1023`, {
        port,
      });
    }
    throw error;
  }
}

/** Returns if the request may pass; otherwise answers it. */
async function admit(
  gate: Gate,
  cookie: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { host, origin } = request.headers;
  reply.headers(pageHeaders);
  if (!isLocalHost(host)) return refuse(reply, 'host');
  // A browser sends an Origin with every WebSocket, but with a plain GET only if another origin makes the
  // request.
  if ((request.ws || origin !== undefined) && !isSameOrigin(origin, host)) return refuse(reply, 'origin');
  reply.header('Content-Security-Policy', contentSecurityPolicy([`ws://${host}`]));

  const { token } = request.query as Record<string, unknown>;
  const known = gate.knows(request.cookies[cookie]);
  const first = request.method === 'GET' && !request.ws && token !== undefined;
  if (!first) {
    if (!known) return refuse(reply, 'token');
    if (!request.ws || request.url.split('?', 1)[0] === labPath) return undefined;
    return reply.code(404).type('text/plain').send('There is nothing here.\n');
  }
  // A used address is accepted in a browser that already has a session.
  const session = known ? null : gate.openSession(token);
  if (!known && session === null) return refuse(reply, 'token');
  // The cookie is for this server only; it is not Secure, because this is http on 127.0.0.1. It has no expiry
  // of its own, so it ends with the browser, and the session with this process.
  if (session) reply.setCookie(cookie, session, { path: '/', httpOnly: true, sameSite: 'strict' });
  return reply.header('Cache-Control', 'no-store').redirect('/', 303);
}

function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  return reply
    .code(403)
    .header('Content-Security-Policy', refusalPolicy)
    .header('Cache-Control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(refusalPage(refusal));
}

/**
 * Sets caching: the names of files under assets/ contain a hash of their contents; every other file may
 * change.
 */
function setCaching(reply: { header(name: string, value: string): unknown }, path: string): void {
  const hashed = /[/\\]assets[/\\][^/\\]+$/.test(path);
  reply.header('Cache-Control', hashed ? 'private, max-age=31536000, immutable' : 'no-store');
}

function sayGoodbye(this: FastifyInstance, done: () => void): void {
  const { clients } = this.websocketServer as unknown as { clients: Iterable<ServerSocket> };
  for (const client of clients) {
    client.close(labEndedCode, 'Stride has ended');
    setTimeout(() => {
      client.terminate();
    }, closeMilliseconds).unref();
  }
  this.server.removeAllListeners('upgrade');
  done();
}
