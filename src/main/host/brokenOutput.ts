/**
 * A stream that nobody reads any more (`| head`, a closed terminal), or that goes to a disk that is full, raises an error
 * that would end the process, and training with it, without a checkpoint. Who writes decides what it means; other errors stay errors.
 */
const gone = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ENOSPC', 'EDQUOT', 'EFBIG']);

export function onBrokenOutput(stream: Pick<NodeJS.EventEmitter, 'on'>, broken: () => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!gone.has(error.code ?? '')) throw error;
    broken();
  });
}
