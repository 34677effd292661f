/** Runs an inspection thread or process: it answers messages one after another until it is told to leave. */
import { toProblemRecord } from '../../../shared/base/problem.ts';
import { Inspector } from './inspect.ts';
import { previewAugmentation } from './augmentPreview.ts';
import type { FromInspector, InspectorAnswer, InspectorPort, ToInspector } from './messages.ts';
import { measurePace } from './pace.ts';
import { measureSpeed } from './speed.ts';
import { classifyTestImages } from './testPredictions.ts';
import { tensorflowVersion } from '../native/session.ts';
import { probe, score, served } from './probe.ts';
import { workOnTestSet } from './testSetWork.ts';
import { longWork } from './longWork.ts';
import { runLiteRt } from '../serving/liteRt.ts';

type Work = Extract<ToInspector, { id: number }>;

/** The nets that are open in this thread. */
class OpenNets {
  readonly #inspectors = new Map<number, Inspector>();

  /** Opens, loads, asks or closes a net. */
  async take(work: Extract<Work, { net: number }>): Promise<InspectorAnswer> {
    if (work.kind === 'open' || work.kind === 'shut') {
      this.#inspectors.get(work.net)?.close();
      this.#inspectors.delete(work.net);
      if (work.kind === 'open') this.#inspectors.set(work.net, await Inspector.open(work.order));
      return null;
    }
    const inspector = this.#inspectors.get(work.net);
    if (!inspector) throw new Error(`"${work.kind}" came before net ${work.net} was opened`);
    if (work.kind === 'ask') return inspector.answer(work.question);
    inspector.load(work.tensors);
    return null;
  }

  close(): void {
    for (const inspector of this.#inspectors.values()) inspector.close();
  }
}

/** Answers messages and returns when the thread may end. */
export async function answerQuestions(port: InspectorPort): Promise<void> {
  const post = (message: FromInspector) => port.postMessage(message);
  const nets = new OpenNets();

  /** Pace requests before this one have been cancelled. */
  let wantedFrom = 0;
  let newest = 0;
  /** Work on the test set that was cancelled, whether it has begun or not. */
  const cancelled = new Set<number>();

  const take = async (work: Work): Promise<InspectorAnswer> => {
    if (work.kind === 'augment') return previewAugmentation(work.order);
    if (work.kind === 'pace') return measurePace(work.order, () => work.id < wantedFrom);
    if (work.kind === 'classify') return classifyTestImages(work.order);
    if (work.kind === 'speed') return measureSpeed(work.order);
    if (work.kind === 'prepare') {
      tensorflowVersion();
      return null;
    }
    if (work.kind === 'testSet') {
      const { id, order } = work;
      const report = (done: number, total: number) => post({ kind: 'progress', id, done, total });
      return workOnTestSet(
        order,
        longWork(report, () => cancelled.has(id)),
      );
    }
    if (work.kind === 'probe') return probe(work.order);
    if (work.kind === 'score') return score(work.order);
    if (work.kind === 'served') return served(work.order);
    if (work.kind === 'liteRt') return runLiteRt(work.order);
    return nets.take(work);
  };

  const left = Promise.withResolvers<void>();
  let works: Promise<void> = Promise.resolve();
  port.on('message', (message: ToInspector) => {
    if (message.kind === 'leave') {
      left.resolve();
      return;
    }
    if (message.kind === 'giveUp') {
      wantedFrom = newest + 1;
      return;
    }
    if (message.kind === 'cancel') {
      cancelled.add(message.of);
      return;
    }
    const { id } = message;
    newest = id;
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
  nets.close();
}
