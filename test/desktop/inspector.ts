/** A small client of the inspector's protocol: expressions in Electron's main process, where Playwright's connection shows only the window. */
import type * as Electron from 'electron';

interface Answer {
  readonly id: number;
  readonly result?: {
    readonly result: { readonly value?: unknown };
    readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
  };
}

export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
    socket.addEventListener('close', () => {
      for (const answer of this.#waiting.values()) answer({ id: 0 });
      this.#waiting.clear();
    });
  }

  static async connect(url: string): Promise<Inspector> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', () => reject(new Error(`no inspector at ${url}`)), { once: true });
    });
    return new Inspector(socket);
  }

  /** Evaluates a function of Electron's module in the main process; what it returns must be JSON. */
  async evaluate<T>(
    body: (electron: typeof Electron, argument: never) => T | Promise<T>,
    argument: unknown = null,
  ): Promise<T> {
    const expression = `(${body.toString()})(process.getBuiltinModule('node:module').createRequire('/')('electron'), ${JSON.stringify(argument)})`;
    const id = (this.#last += 1);
    const answer = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(
      JSON.stringify({
        id,
        method: 'Runtime.evaluate',
        params: { expression, awaitPromise: true, returnByValue: true },
      }),
    );
    const { result } = await answer;
    if (!result) throw new Error('the main process ended');
    if (result.exceptionDetails)
      throw new Error(result.exceptionDetails.exception?.description ?? 'failed in the main process');
    return result.result.value as T;
  }

  close(): void {
    this.#socket.close();
  }
}
