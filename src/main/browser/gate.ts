/**
 * Who may come in. The lab answers on 127.0.0.1, which every program, every user of this machine and every page in the
 * browser can reach, so each request has to show three things: a Host header that names this machine (a foreign name that
 * was made to point here is DNS rebinding), an Origin, where there is one, that equals it (else another site is asking),
 * and who it is: the token of an address, which opens once, or the session that it opened, in a cookie from then on. What
 * stands in an address is no secret for long (histories, command lines, screens); a session is in no address. Both end with
 * the host. Only where the host was killed do its sessions outlive it, so that its windows find the lab again
 * (`keptAddress.ts`).
 */
import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

export interface GateOptions {
  readonly now?: () => number;
  readonly sessions?: readonly string[];
  readonly onSession?: (digests: readonly string[]) => void;
}

export class Gate {
  /** By digest, until when they open. */
  readonly #tokens = new Map<string, number>();
  readonly #sessions: Set<string>;
  readonly #now: () => number;
  readonly #onSession: (digests: readonly string[]) => void;

  /** `sessions` are the digests of those that open without a token; `onSession` is told all digests when one is added. */
  constructor({ now = Date.now, sessions = [], onSession = () => undefined }: GateOptions = {}) {
    this.#now = now;
    this.#sessions = new Set(sessions);
    this.#onSession = onSession;
  }

  /** 256 bits that open once; within so many milliseconds, where that is said. */
  issueToken(milliseconds = Infinity): string {
    const token = secret();
    this.#tokens.set(digest(token), this.#now() + milliseconds);
    return token;
  }

  /** Uses a token up; gives the session that it opens, or null where it opens none. */
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

  /** Looked up by digest, so that how long it takes says nothing about the secret. */
  knows(session: unknown): boolean {
    return typeof session === 'string' && this.#sessions.has(digest(session));
  }
}

/** Cookies are shared by all ports of a host name, and through tunnels by machines: a name for each server of each. */
export function cookieName(port: number): string {
  return `stride_${digest(`${hostname()}:${port}`).slice(0, 12)}`;
}

/** This machine's own names, on any port: at the other end of an SSH tunnel the port is often another. */
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
