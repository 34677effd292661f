/**
 * The reachability of the lab. While it cannot be reached, the state of runs in progress is unknown, and parts that
 * show it say so. The connection writes this (app/connection.svelte.ts).
 */
class Contact {
  lost = $state.raw(false);
}

export const contact = new Contact();
