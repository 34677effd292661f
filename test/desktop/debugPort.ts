/**
 * A way to Chromium's debugging port that can be cut. Playwright ends a connection by asking, and waits half a minute where Electron gives no
 * answer; when its socket is gone, the connection has ended.
 */
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

export class DebugPort {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async open(port: number): Promise<DebugPort> {
    const sockets = new Set<Socket>();
    const server = createServer((from) => {
      const to = connect(port, '127.0.0.1');
      for (const [socket, other] of [
        [from, to],
        [to, from],
      ] as const) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
      }
      from.pipe(to).pipe(from);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new DebugPort(server, sockets);
  }

  /** Ends what is connected now. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.cut();
  }
}
