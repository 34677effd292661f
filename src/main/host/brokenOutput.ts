/**
 * A stream that nobody reads any more (`| head`, a closed terminal) or that writes to a full disk raises an
 * error that would end the process, and training with it, without a checkpoint. The caller decides what to do
 * then; other errors are thrown as usual.
 */
const gone = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);
/** The disk, the user's quota or the largest size of a file is exhausted. */
const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** `broken` receives the system's code if the stream's disk is full; null if the reader has gone. */
export function onBrokenOutput(
  stream: Pick<NodeJS.EventEmitter, 'on'>,
  broken: (full: string | null) => void,
): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    const { code = '' } = error;
    if (!gone.has(code) && !full.has(code)) throw error;
    broken(full.has(code) ? code : null);
  });
}
