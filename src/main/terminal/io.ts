/** The commands' output: standard output and error, colours if they are wanted, and the program's name. */
import type { WriteStream } from 'node:tty';
import pc from 'picocolors';

export type OutputStream = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY'>>;

export interface Io {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly colors: ReturnType<typeof pc.createColors>;
  /** The command that the user types, for hints. */
  readonly invocation: string;
}

/** Decides on colours by https://no-color.org; FORCE_COLOR is for terminals that are not recognised. */
function wantsColors(stdout: OutputStream, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  return Boolean(env.FORCE_COLOR) || (stdout.isTTY === true && env.TERM !== 'dumb');
}

export function createIo(stdout: OutputStream, stderr: OutputStream, env: NodeJS.ProcessEnv): Io {
  return {
    stdout,
    stderr,
    colors: pc.createColors(wantsColors(stdout, env)),
    invocation: env.npm_lifecycle_event === 'stride' ? 'npm run stride --' : 'stride',
  };
}

export function print(io: Io, text: string): void {
  io.stdout.write(`${text}\n`);
}

export function note(io: Io, text: string): void {
  io.stderr.write(`${text}\n`);
}

/** Prints one object per line. Numbers that JSON cannot represent (a NaN loss) become null. */
export function printJson(io: Io, value: unknown): void {
  print(io, JSON.stringify(value));
}
