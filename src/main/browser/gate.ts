/**
 * Access control. The lab listens on 127.0.0.1, which every program, every user of this machine and every
 * page in the browser can reach. So each request is checked for three things: a Host header that names this
 * machine (another name that resolves here is DNS rebinding); an Origin, if there is one, that equals it
 * (otherwise another site sends the request); and a credential: an address's token, which is valid once, or
 * the session that it opened, kept in a cookie. Addresses do not stay secret for long (histories, command
 * lines, screens), so sessions are in none. Both end with the host. Only if the host was killed do its
 * sessions outlive it, so that its windows find the lab again (`keptAddress.ts`).
 */
import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

export interface GateOptions {
  readonly now?: () => number;
  readonly sessions?: readonly string[];
  readonly onSession?: (digests: readonly string[]) => void;
}

export class Gate {
  /** Expiry times of tokens, by digest. */
  readonly #tokens = new Map<string, number>();
  readonly #sessions: Set<string>;
  readonly #now: () => number;
  readonly #onSession: (digests: readonly string[]) => void;

  /**
   * Creates a gate. `sessions` are digests of sessions that are valid without a token; `onSession` receives
   * all digests when one is added.
   */
  constructor({ now = Date.now, sessions = [], onSession = () => undefined }: GateOptions = {}) {
    this.#now = now;
    this.#sessions = new Set(sessions);
    this.#onSession = onSession;
  }

  /** Returns a token of 256 bits that is valid once and, if `milliseconds` is given, only for that long. */
  issueToken(milliseconds = Infinity): string {
    const token = secret();
    this.#tokens.set(digest(token), this.#now() + milliseconds);
    return token;
  }

  /** Consumes a token and returns the session that it opens, or null if it is not valid. */
  openSession(token: unknown): string | null {
    if (typeof token !== 'string') return null;
    const key = digest(token);
    const expires = this.#tokens.get(key);
    this.#tokens.delete(key);
    if (expires === undefined || this.#now() > expires) return null;
    const session = secret();
    this.#sessions.add(digest(session));
    this.#onSession([...this.#sessions]);
    return session;
  }

  /**
   * Returns whether a session is known. The lookup is by digest, so that its duration reveals nothing about
   * the secret.
   */
  knows(session: unknown): boolean {
    return typeof session === 'string' && this.#sessions.has(digest(session));
  }
}

/**
 * Returns a cookie name for each server of each machine, because cookies are shared by all ports of a host
 * name and, through tunnels, by several machines.
 */
export function cookieName(port: number): string {
  return `stride_${digest(`${hostname()}:${port}`).slice(0, 12)}`;
}

/**
 * Returns whether a Host header has a name of this machine, on any port: at the other end of an SSH tunnel
 * the port is often another.
 */
export function isLocalHost(host: string | undefined): host is string {
  return host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host);
}

export function isSameOrigin(origin: string | undefined, host: string): boolean {
  return origin !== undefined && origin.toLowerCase() === `http://${host.toLowerCase()}`;
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
