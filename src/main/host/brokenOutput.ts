/**
 * A stream that nobody reads any more (`| head`, a closed terminal) or that writes to a full disk raises an
 * error that would end the process, and training with it, without a checkpoint. The caller decides what to do
 * then; other errors are thrown as usual.
 */
const gone = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ENOSPC', 'EDQUOT', 'EFBIG']);

export function onBrokenOutput(stream: Pick<NodeJS.EventEmitter, 'on'>, broken: () => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!gone.has(error.code ?? '')) throw error;
    broken();
  });
}
