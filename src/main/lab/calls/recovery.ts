import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import type { Recovery } from '../runs/recovery.ts';

export function recoveryCalls(recovery: Recovery) {
  return {
    'recovery.list': (): CallReply<'recovery.list'> => recovery.list(),
    'recovery.recover': ({ numbers }: CallRequest<'recovery.recover'>) => recovery.recover(numbers),
  };
}
