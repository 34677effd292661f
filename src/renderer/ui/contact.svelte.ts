/**
 * Whether the lab can be reached now. While it cannot, what runs in progress are doing is not known, and parts that show it
 * say so. The connection writes this (app/connection.svelte.ts).
 */
class Contact {
  lost = $state.raw(false);
}

export const contact = new Contact();
