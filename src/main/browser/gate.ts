/**
 * Who may come in. The lab answers on 127.0.0.1, which every program, every user of this machine and every page in the
 * browser can reach, so each request has to show three things: a Host header that names this machine (a foreign name that
 * was made to point here is DNS rebinding), an Origin, where there is one, that equals it (else another site is asking),
 * and who it is: the token of an address, which opens once, or the session that it opened, in a cookie from then on. What
 * stands in an address is no secret for long (histories, command lines, screens); a session is in no address. It outlives a
 * restart, so that a window finds the lab again; tokens are kept in memory alone.
 */
import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

export class Gate {
  /** The cookie's value: 256 bits, the same ones at each start where they are kept (keptAddress.ts). */
  readonly session: string;
  /** By digest, until when they open. */
  readonly #tokens = new Map<string, number>();
  readonly #now: () => number;

  constructor({ now = Date.now, session = secret() }: { now?: () => number; session?: string } = {}) {
    this.#now = now;
    this.session = session;
  }

  /** By the cookie. */
  knows(session: unknown): boolean {
    return typeof session === 'string' && digest(session) === digest(this.session);
  }

  /** 256 bits that open once; within so many milliseconds, where that is said. */
  issueToken(milliseconds = Infinity): string {
    const token = secret();
    this.#tokens.set(digest(token), this.#now() + milliseconds);
    return token;
  }

  /** Uses a token up; gives whether it opens. Looked up by digest, so that how long it takes says nothing about the secret. */
  takeToken(token: unknown): boolean {
    if (typeof token !== 'string') return false;
    const key = digest(token);
    const expires = this.#tokens.get(key);
    this.#tokens.delete(key);
    return expires !== undefined && this.#now() <= expires;
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
