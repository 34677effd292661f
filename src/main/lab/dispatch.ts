/**
 * The single entry point for requests to the lab: each is checked against its call's schema, handled, and
 * answered. An invalid request is reported to the caller in the caller's terms; an unexpected error is a bug,
 * gets the code `internal` and is logged.
 */
import { z } from 'zod';
import {
  type CallInput,
  type CallMessage,
  type CallName,
  type CallReply,
  type CallRequest,
  type ServerMessage,
  calls,
} from '../../shared/api/api.ts';
import { parseNetwork } from '../../shared/network/network.ts';
import { Problem, toProblemRecord } from '../../shared/base/problem.ts';
import { misfitOf, misfitSentence } from '../../shared/misfits/misfit.ts';

export type Handlers = {
  readonly [C in CallName]: (request: CallRequest<C>) => CallReply<C> | Promise<CallReply<C>>;
};

export interface Dispatcher {
  call<C extends CallName>(name: C, request: CallInput<C>): Promise<CallReply<C>>;
  /** Never rejects: every failure is in the answer. */
  dispatch(message: CallMessage): Promise<ServerMessage>;
}

const messageSchema = z.object({
  kind: z.literal('call'),
  id: z.number(),
  name: z.string(),
  request: z.unknown(),
});

export function createDispatcher(handlers: Handlers): Dispatcher {
  const call = async <C extends CallName>(name: C, request: unknown): Promise<CallReply<C>> => {
    const handler = handlers[name] as (request: CallRequest<C>) => Promise<CallReply<C>>;
    return handler(parseRequest(name, request));
  };
  return {
    call,
    dispatch: async (message) => {
      const known = messageSchema.safeParse(message);
      const id = known.data?.id ?? 0;
      try {
        if (!known.success)
          throw new Problem('call.message', 'this is not a call: kind, id, name and request are needed');
        return { kind: 'reply', id, reply: await call(known.data.name as CallName, known.data.request) };
      } catch (error) {
        if (!(error instanceof Problem)) console.error(`${known.data?.name ?? 'call'} failed:`, error);
        return { kind: 'problem', id, problem: toProblemRecord(error) };
      }
    },
  };
}

function parseRequest<C extends CallName>(name: C, request: unknown): CallRequest<C> {
  if (!Object.hasOwn(calls, name)) {
    throw new Problem(
      'call.unknown',
      `there is no call "${name}"; there is ${Object.keys(calls).join(', ')}`,
      { name },
    );
  }
  const result = calls[name].request.safeParse(request);
  if (result.success) return result.data as CallRequest<C>;
  const path = result.error.issues[0]?.path ?? [];
  const network = path.indexOf('network');
  // Errors in a net are reported like those of a net that is read from a file.
  if (network >= 0) parseNetwork(valueAt(request, path.slice(0, network + 1)));
  const parameters = misfitOf(result.error, request);
  const detail = misfitSentence(parameters, 'en');
  throw new Problem('call.invalid', detail, { name, ...parameters, detail });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
}
