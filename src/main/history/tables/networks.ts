/**
 * The tables of stored nets and their versions. Nets are JSON because they are only read and written whole.
 */
import type { StoredNetwork, NetworkVersion } from '../../../shared/api/calls/networks.ts';
import type { Network } from '../../../shared/network/network.ts';
import type { RunOrigin } from '../../../shared/runs/runs.ts';
import { sameNetwork } from '../../../shared/network/networkDiff.ts';
import type { Db } from '../sqlite.ts';

export interface Networks {
  insert(network: Network): number;
  /** Returns undefined if there is none or it is deleted. */
  get(id: number): StoredNetwork | undefined;
  /** Returns nets in order of their last change, newest first, without deleted ones. */
  list(): StoredNetwork[];
  /** Returns false if there is none or it is deleted. */
  save(id: number, network: Network): boolean;
  /** Returns versions, newest first. */
  versions(id: number): NetworkVersion[];
  /**
   * Returns how a run's net relates to this stored one: the version that it equals, otherwise the newest with
   * `changed`. Undefined if the net is not stored (any more).
   */
  origin(id: number, network: Network): RunOrigin | undefined;
  addVersion(id: number, network: Network, note: string): void;
  /** Returns false if there was nothing to delete or to restore. */
  setDeleted(id: number, deleted: boolean): boolean;
  /** Removes permanently what was deleted before that moment. */
  purge(before: Date): void;
}

interface Row {
  id: number;
  network: string;
  revision: number;
  created_at: string;
  updated_at: string;
  version: number | null;
  version_network: string | null;
}

interface VersionRow {
  version: number;
  network: string;
  note: string;
  created_at: string;
}

const now = () => new Date().toISOString();

export function networksTable(db: Db): Networks {
  const insert = db.prepare(
    'INSERT INTO networks (name, network, created_at, updated_at) VALUES (@name, @network, @at, @at)',
  );
  const kept = `
    SELECT networks.id, networks.network, revision, networks.created_at, updated_at, version,
      network_versions.network AS version_network
    FROM networks LEFT JOIN network_versions ON network_id = networks.id
      AND version = (SELECT max(version) FROM network_versions WHERE network_id = networks.id)
    WHERE deleted_at IS NULL`;
  const byId = db.prepare(`${kept} AND networks.id = ?`);
  const all = db.prepare(`${kept} ORDER BY updated_at DESC, networks.id DESC`);
  const save = db.prepare(`
    UPDATE networks SET name = @name, network = @network, revision = revision + 1, updated_at = @at
    WHERE id = @id AND deleted_at IS NULL`);
  const versions = db.prepare(
    'SELECT version, network, note, created_at FROM network_versions WHERE network_id = ? ORDER BY version DESC',
  );
  const addVersion = db.prepare(`
    INSERT INTO network_versions (network_id, version, network, note, created_at)
    SELECT @id, 1 + coalesce(max(version), 0), @network, @note, @at FROM network_versions WHERE network_id = @id`);
  const remove = db.prepare('UPDATE networks SET deleted_at = @at WHERE id = @id AND deleted_at IS NULL');
  const restore = db.prepare('UPDATE networks SET deleted_at = NULL WHERE id = ? AND deleted_at IS NOT NULL');
  const purge = db.prepare('DELETE FROM networks WHERE deleted_at < ?');

  const versionsOf = (id: number) =>
    (versions.all(id) as VersionRow[]).map(({ version, network, note, created_at }) => ({
      version,
      network: JSON.parse(network) as Network,
      note,
      createdAt: created_at,
    }));

  return {
    insert: (network) =>
      Number(insert.run({ name: network.name, network: JSON.stringify(network), at: now() }).lastInsertRowid),
    get: (id) => {
      const row = byId.get(id) as Row | undefined;
      return row && summaryOf(row);
    },
    list: () => (all.all() as Row[]).map(summaryOf),
    save: (id, network) =>
      save.run({ id, name: network.name, network: JSON.stringify(network), at: now() }).changes === 1,
    versions: versionsOf,
    origin: (id, network) => {
      if (byId.get(id) === undefined) return undefined;
      const all = versionsOf(id);
      const same = all.find((each) => sameNetwork(each.network, network));
      return { network: id, version: (same ?? all[0])?.version ?? 0, changed: !same };
    },
    addVersion: (id, network, note) => {
      addVersion.run({ id, network: JSON.stringify(network), note, at: now() });
    },
    setDeleted: (id, deleted) => (deleted ? remove.run({ id, at: now() }) : restore.run(id)).changes === 1,
    purge: (before) => {
      purge.run(before.toISOString());
    },
  };
}

function summaryOf(row: Row): StoredNetwork {
  const network = JSON.parse(row.network) as Network;
  const saved = row.version_network === null ? null : (JSON.parse(row.version_network) as Network);
  return {
    id: row.id,
    network,
    revision: row.revision,
    version: row.version ?? 0,
    changed: saved === null || !sameNetwork(saved, network),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
