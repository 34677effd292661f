/**
 * Connects one channel to one service: calls in, replies and events out. Any number of channels may be served
 * at once; each receives the replies to its own calls, and all events, in batches. Only a message's envelope
 * is checked here; the service checks the contents of requests.
 */
import type {
  CallMessage,
  Channel,
  ClientMessage,
  DrawnMessage,
  EventMessage,
  ServerMessage,
} from '../../shared/api/api.ts';
import { Problem, toProblemRecord } from '../../shared/base/problem.ts';
import { drawingPace } from './drawingPace.ts';
import { EventBatch } from './eventBatch.ts';
import { Turns } from './turns.ts';

/** The part of a lab that a transport needs. */
export interface Service {
  /** Answers every message, including those that it refuses. */
  dispatch(message: CallMessage): Promise<ServerMessage>;
  subscribe(listener: (event: EventMessage) => void): () => void;
}

/**
 * Processor time of all of a browser's processes for one second of the page's own thread: rasterizing and compositing
 * take as much again where there is no graphics card (6.6 of 13.8 % of a core in Chromium 156, docs/performance/log.md).
 */
const processesPerPage = 2;

/** Number of calls of one channel that may wait for their turn; a window has a few dozen at most. */
const mostWaiting = 50_000;

/**
 * Serves until the channel closes. Returns a function that ends it earlier, without closing the channel.
 * Channels of one service take turns. Events go as often as the window's drawing allows; `drawingSeconds` gives the
 * processor time that this has taken so far, where the host can measure it better than the page.
 */
export function serve(
  channel: Channel<ServerMessage, ClientMessage>,
  service: Service,
  { turns = new Turns(), drawingSeconds }: { turns?: Turns; drawingSeconds?: () => number } = {},
): () => void {
  const lane = turns.lane();
  let waiting = 0;
  let open = true;
  const send = (message: ServerMessage) => {
    if (open) channel.send(message);
  };
  let drawn = 0;
  const events = new EventBatch(send, drawingPace(drawingSeconds ?? (() => processesPerPage * drawn)));
  const reply = (message: ServerMessage) => {
    // A window must not take an older event for news that follows this reply.
    events.flush();
    send(message);
  };
  const answer = async (message: CallMessage) => {
    try {
      reply(await service.dispatch(message));
    } catch (error) {
      reply({ kind: 'problem', id: message.id, problem: toProblemRecord(error) });
    }
  };
  const endings = [
    service.subscribe((event) => {
      events.add(event);
    }),
    channel.onMessage((message) => {
      if (isDrawn(message)) {
        drawn = Math.max(drawn, message.seconds);
        return;
      }
      const refusal = refuse(message);
      if (refusal) reply(refusal);
      else if (waiting >= mostWaiting) reply(tooMany(message.id));
      else {
        waiting += 1;
        lane(() => {
          waiting -= 1;
          if (open) void answer(message);
        });
      }
    }),
    channel.onClose(() => {
      end();
    }),
  ];
  const end = () => {
    open = false;
    events.end();
    for (const each of endings) each();
  };
  return end;
}

function isDrawn(message: unknown): message is DrawnMessage {
  const { kind, seconds } = (message ?? {}) as Record<string, unknown>;
  return kind === 'drawn' && Number.isFinite(seconds);
}

function tooMany(id: number): ServerMessage {
  const problem = new Problem(
    'transport.too-many-calls',
    `more than ${mostWaiting} calls wait for an answer already; wait for some of them`,
    { most: mostWaiting },
  );
  return { kind: 'problem', id, problem: problem.toRecord() };
}

/**
 * Returns the answer to a message that is not a call. If it has no number either, the answer has 0, which no
 * caller uses.
 */
function refuse(message: unknown): ServerMessage | undefined {
  const { kind, id, name } =
    typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : {};
  const numbered = Number.isSafeInteger(id);
  if (kind === 'call' && numbered && typeof name === 'string') return undefined;
  const problem = new Problem(
    'transport.message',
    'a message was not understood; expected { kind: "call", id: a whole number, name: a string, request }',
  );
  return { kind: 'problem', id: numbered ? (id as number) : 0, problem: problem.toRecord() };
}
