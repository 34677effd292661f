/**
 * How a training thread learns of a message while it is in a call of several steps (`src/native/node/mailbox.h`): two
 * counters in memory that it shares with its owner, of the messages that were sent and of those that were received.
 */
export type Mailbox = Int32Array<SharedArrayBuffer>;

export const newMailbox = (): Mailbox =>
  new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));

/** Counts a message that the owner has sent. */
export function countSent(mailbox: Mailbox): void {
  Atomics.add(mailbox, 0, 1);
}

/** Counts a message that the thread has received. */
export function countReceived(mailbox: Mailbox): void {
  Atomics.add(mailbox, 1, 1);
}
