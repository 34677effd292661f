/** Whether the lab can be reached, and what it says of itself: host, machine, versions, whether it can train. */
import type { CallReply } from '../../shared/api/api.ts';
import type { DatasetSummary } from '../../shared/datasets/dataset.ts';
import { type ProblemRecord, toProblemRecord } from '../../shared/base/problem.ts';
import type { Connection, Status } from '../transport/client.ts';
import { contact } from '../ui/contact.svelte.ts';

export type LabInfo = CallReply<'app.info'>;

export class ConnectionState {
  status = $state.raw<Status>('connecting');
  info = $state.raw<LabInfo | null>(null);
  datasets = $state.raw<readonly DatasetSummary[]>([]);
  problem = $state.raw<ProblemRecord | null>(null);
  readonly #lab: Connection;

  /** `onOpen` is called whenever the lab can be reached (again): time to ask for everything anew. */
  constructor(lab: Connection, onOpen: () => void) {
    this.#lab = lab;
    lab.on('datasets.changed', () => void this.load());
    lab.onStatus((status) => {
      this.status = status;
      contact.lost = status === 'reconnecting' || status === 'closed';
      // At the end, too: the answer is why it ended.
      if (status === 'connected' || status === 'closed') void this.load();
      if (status === 'connected') onOpen();
    });
  }

  /** Again where something may have changed: TensorFlow's version is known only once the engine was loaded. */
  async load(): Promise<void> {
    try {
      [this.info, this.datasets] = await Promise.all([
        this.#lab.call('app.info', {}),
        this.#lab.call('datasets.list', {}),
      ]);
      this.problem = null;
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
  }
}
