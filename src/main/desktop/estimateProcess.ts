/** The process of estimates in the desktop host: a utility process, because packages cannot run as Node. */
import { fileURLToPath } from 'node:url';
import { utilityProcess } from 'electron';
import { type LineListener, type StartLine, estimateDied } from '../lab/threads/inspectionThread.ts';

export function inUtilityProcess(path: string | URL): StartLine {
  return (listener) => {
    const file = path instanceof URL || path.startsWith('file:') ? fileURLToPath(path) : path;
    const child = utilityProcess.fork(file, [], { serviceName: 'Stride estimates', stdio: 'inherit' });
    child.on('message', (message) => {
      listener.message(message as Parameters<LineListener['message']>[0]);
    });
    child.on('exit', (code) => {
      listener.exit(estimateDied(`exit code ${code}`));
    });
    return {
      post: (message) => {
        child.postMessage(message);
      },
      // Electron ends its utility processes with the program, which they do not keep alive.
      ref: () => undefined,
      unref: () => undefined,
      terminate: () => void child.kill(),
    };
  };
}
