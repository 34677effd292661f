/** A contestant: a process that is started once and then trains an epoch whenever it is told to. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Answer, Command, EpochDone, Ready } from './messages.ts';

export interface Spec {
  /** Id in ratios and `--only`: `course/engine`. */
  readonly id: string;
  /** Title for people. */
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Whether it starts processes of its own, which it ends when its input is closed. */
  readonly hasChildren?: boolean;
}

/** Time limit for one epoch, and for getting ready. */
const patience = 15 * 60_000;

export class Contestant {
  readonly spec: Spec;
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  #answer = Promise.withResolvers<Answer>();
  /** The end of its output on stderr, for error messages. */
  #log = '';

  /** `onLine` receives the lines of its output that are not answers. */
  constructor(spec: Spec, onLine: (line: string) => void = () => undefined) {
    this.spec = spec;
    this.#process = spawn(spec.command, spec.args, { env: spec.env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#answer.promise.catch(() => undefined);
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#log = (this.#log + text).slice(-4000);
    });
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      if (line.startsWith('{')) this.#answer.resolve(JSON.parse(line) as Answer);
      else onLine(line);
    });
    this.#process.stdin.on('error', () => undefined); // 'close' reports the reason
    this.#process.on('error', (error) => this.#answer.reject(this.#failure(error.message)));
    this.#process.on('close', (code, signal) =>
      this.#answer.reject(this.#failure(`it ended with ${signal ?? `exit code ${code}`}`)),
    );
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  async ready(): Promise<Ready> {
    const answer = await this.#wait();
    if (answer.kind !== 'ready') throw this.#failure(`it answered ${answer.kind} instead of ready`);
    return answer;
  }

  async epoch(epoch: number): Promise<EpochDone> {
    this.#answer = Promise.withResolvers();
    const command: Command = { epoch };
    this.#process.stdin.write(`${JSON.stringify(command)}\n`);
    const answer = await this.#wait();
    if (answer.kind !== 'epoch') throw this.#failure(`it answered ${answer.kind} instead of an epoch`);
    return answer;
  }

  /** Ends it at once. */
  end(): void {
    if (this.spec.hasChildren) this.#process.stdin.end();
    else this.#process.kill('SIGKILL');
  }

  async #wait(): Promise<Answer> {
    const timer = setTimeout(
      () => this.#answer.reject(this.#failure(`no answer for ${patience / 60_000} minutes`)),
      patience,
    );
    try {
      const answer = await this.#answer.promise;
      if (answer.kind === 'failed') throw this.#failure(answer.message);
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  #failure(reason: string): Error {
    const log = this.#log.trim().replace(/^/gm, '  | ');
    return new Error(`${this.spec.id}: ${reason}${log ? `\n${log}` : ''}`);
  }
}
