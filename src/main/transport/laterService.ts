/** A service that is not there yet: what it is asked meanwhile waits for it. */
import type { Service } from './serve.ts';

/** Messages to a service that cannot be created are never answered; its owner reports the error. */
export function laterService(service: Promise<Service>): Service {
  return {
    dispatch: async (message) => (await service).dispatch(message),
    subscribe: (listener) => {
      let ended = false;
      let end: (() => void) | undefined;
      service.then(
        (there) => {
          if (!ended) end = there.subscribe(listener);
        },
        () => undefined,
      );
      return () => {
        ended = true;
        end?.();
      };
    },
  };
}
