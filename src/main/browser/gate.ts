/**
 * Who may come in. The lab answers on 127.0.0.1, which every program, every user of this machine and every page in the
 * browser can reach, so each request has to show three things: a Host header that names this machine (a foreign name that
 * was made to point here is DNS rebinding), an Origin, where there is one, that equals it (else another site is asking),
 * and a secret: the token in the printed address once, and in a cookie from then on one that outlives a restart, so that
 * a window finds the lab again.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { hostname } from 'node:os';

const ticketMilliseconds = 60_000;

export class Gate {
  /** 256 bits, new at each start. */
  readonly token = secret();
  /** The cookie's value: 256 bits, the same ones at each start where they are kept (keptAddress.ts). */
  readonly session: string;
  readonly #tickets = new Map<string, number>();
  readonly #now: () => number;

  constructor({ now = Date.now, session = secret() }: { now?: () => number; session?: string } = {}) {
    this.#now = now;
    this.session = session;
  }

  /** By the cookie. */
  knows(session: unknown): boolean {
    return typeof session === 'string' && equal(session, this.session);
  }

  accepts(token: unknown): boolean {
    return typeof token === 'string' && equal(token, this.token);
  }

  /**
   * A secret that opens once, within a minute. The address of an app window is on its command line, which all users of
   * the machine can read; the token is not put there.
   */
  issueTicket(): string {
    const ticket = secret();
    this.#tickets.set(digest(ticket).toString('hex'), this.#now() + ticketMilliseconds);
    return ticket;
  }

  takeTicket(ticket: unknown): boolean {
    if (typeof ticket !== 'string') return false;
    const key = digest(ticket).toString('hex');
    const expires = this.#tickets.get(key);
    this.#tickets.delete(key);
    return expires !== undefined && this.#now() <= expires;
  }
}

/** Cookies are shared by all ports of a host name, and through tunnels by machines: a name for each server of each. */
export function cookieName(port: number): string {
  return `stride_${digest(`${hostname()}:${port}`).toString('hex').slice(0, 12)}`;
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

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** In constant time; digests, because timingSafeEqual wants equal lengths and a length is a hint too. */
function equal(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}
