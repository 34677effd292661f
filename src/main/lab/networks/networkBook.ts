/** Stored nets as the lab uses them: every change is written at once and announced to every window. */
import type { StoredNetwork, NetworkVersion } from '../../../shared/api/calls/networks.ts';
import type { Network } from '../../../shared/network/network.ts';
import { Problem } from '../../../shared/base/problem.ts';
import type { History } from '../../history/open.ts';
import type { Events } from '../base/events.ts';

const keptDeletedMs = 30 * 24 * 60 * 60 * 1000;

export class NetworkBook {
  readonly #history: History;
  readonly #events: Events;

  constructor(history: History, events: Events) {
    this.#history = history;
    this.#events = events;
  }

  /** Removes nets that were deleted so long ago that nobody will undo it. */
  purge(now = new Date()): void {
    this.#history.networks.purge(new Date(now.getTime() - keptDeletedMs));
  }

  list(): StoredNetwork[] {
    return this.#history.networks.list();
  }

  /** Throws a `Problem` if there is no such net. */
  summary(id: number): StoredNetwork {
    return this.#history.networks.get(id) ?? unknownNetwork(id);
  }

  detail(id: number): StoredNetwork & { versions: NetworkVersion[] } {
    return { ...this.summary(id), versions: this.#history.networks.versions(id) };
  }

  create(network: Network, writer: string): StoredNetwork {
    return this.#changed(this.#history.networks.insert(network), writer);
  }

  save(id: number, network: Network, writer: string): StoredNetwork {
    if (!this.#history.networks.save(id, network)) unknownNetwork(id);
    return this.#changed(id, writer);
  }

  saveVersion(id: number, network: Network, note: string, writer: string): StoredNetwork {
    this.#history.transaction(() => {
      if (!this.#history.networks.save(id, network)) unknownNetwork(id);
      if (this.summary(id).changed) this.#history.networks.addVersion(id, network, note);
    });
    return this.#changed(id, writer);
  }

  rename(id: number, name: string, writer: string): StoredNetwork {
    return this.#history.transaction(() => this.save(id, { ...this.summary(id).network, name }, writer));
  }

  delete(id: number, writer: string): void {
    if (!this.#history.networks.setDeleted(id, true)) unknownNetwork(id);
    this.#events.emit('networks.changed', { id, network: null, writer });
  }

  /** Restores a deleted net; has no effect on one that is not deleted. */
  restore(id: number, writer: string): StoredNetwork {
    this.#history.networks.setDeleted(id, false);
    return this.#changed(id, writer);
  }

  #changed(id: number, writer: string): StoredNetwork {
    const network = this.summary(id);
    this.#events.emit('networks.changed', { id, network, writer });
    return network;
  }
}

function unknownNetwork(id: number): never {
  throw new Problem('network.unknown', `there is no net ${id}; it may have been deleted in another window`, {
    id,
  });
}
