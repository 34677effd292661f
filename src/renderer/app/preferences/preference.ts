/**
 * One remembered choice of this window: one of a few strings. It is kept in a cookie where cookies work, because a
 * browser host has another port at each start and local storage belongs to one port; otherwise (in the desktop window,
 * whose pages have no cookies) in local storage.
 */

export interface Store {
  read(key: string): string | null;
  write(key: string, value: string): void;
}

const secondsInYear = 365 * 24 * 60 * 60;

export function storeOf({ location, document, localStorage }: Window): Store {
  if (!location.protocol.startsWith('http')) {
    return {
      read: (key) => localStorage.getItem(key),
      write: (key, value) => localStorage.setItem(key, value),
    };
  }
  return {
    read(key) {
      const pairs = document.cookie.split('; ').map((pair) => pair.split('='));
      return pairs.find(([name]) => name === key)?.[1] ?? null;
    },
    write(key, value) {
      document.cookie = `${key}=${value}; Path=/; Max-Age=${secondsInYear}; SameSite=Strict`;
    },
  };
}

export class Preference<T extends string> {
  readonly #store: Store;
  readonly #key: string;
  readonly #choices: readonly T[];

  constructor(store: Store, key: string, choices: readonly T[]) {
    this.#store = store;
    this.#key = `stride-${key}`;
    this.#choices = choices;
  }

  /** Returns the last choice; the default if there was none or it is no longer offered. */
  read(): T {
    const kept = this.#store.read(this.#key);
    return this.#choices.find((choice) => choice === kept) ?? this.#choices[0]!;
  }

  write(choice: T): void {
    this.#store.write(this.#key, choice);
  }
}
