/** Tracks whether the lab is reachable, and its description: host, machine, versions, and whether it can train. */
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

  /** `onOpen` is called whenever a connection is established, so that the caller can refetch its data. */
  constructor(lab: Connection, onOpen: () => void) {
    this.#lab = lab;
    lab.on('datasets.changed', () => void this.load());
    lab.onStatus((status) => {
      this.status = status;
      contact.lost = status === 'reconnecting' || status === 'closed';
      // The information is also loaded at the end: the answer says why the connection closed.
      if (status === 'connected' || status === 'closed') void this.load();
      if (status === 'connected') onOpen();
    });
  }

  /**
   * The information is loaded again when it may have changed: TensorFlow's version is known only once the engine has
   * been loaded.
   */
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
