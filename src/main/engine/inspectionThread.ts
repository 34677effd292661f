/** A thread that looks into nets: what it is told and asked, one after another, until it is to leave. */
import type { MessagePort } from 'node:worker_threads';
import { toProblemRecord } from '../../shared/problem.ts';
import { Inspector } from './inspect.ts';
import type { FromInspector, ToInspector } from './messages.ts';

type Work = Exclude<ToInspector, { kind: 'leave' }>;

/** Returns when the thread may end. */
export async function answerQuestions(port: MessagePort): Promise<void> {
  const post = (message: FromInspector) => port.postMessage(message);
  let inspector: Inspector | null = null;

  const take = async (work: Work) => {
    if (work.kind === 'open') {
      inspector?.close();
      inspector = null;
      inspector = await Inspector.open(work.order);
      return null;
    }
    if (!inspector) throw new Error(`"${work.kind}" came before a net was opened`);
    if (work.kind === 'ask') return inspector.answer(work.question);
    inspector.load(work.tensors);
    return null;
  };

  const left = Promise.withResolvers<void>();
  let works: Promise<void> = Promise.resolve();
  port.on('message', (message: ToInspector) => {
    if (message.kind === 'leave') {
      left.resolve();
      return;
    }
    const { id } = message;
    works = works.then(async () => {
      try {
        post({ kind: 'done', id, answer: await take(message) });
      } catch (error) {
        post({ kind: 'problem', id, problem: toProblemRecord(error) });
      }
    });
  });
  await left.promise;
  await works;
  (inspector as Inspector | null)?.close();
}
