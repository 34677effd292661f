/**
 * Migrations in order, forward only: number n brings a database from `user_version` n − 1 to n. A released
 * migration is never changed; a later one corrects its mistakes.
 */
import type { Db } from '../sqlite.ts';
import { up as runs } from './0001-runs.ts';
import { up as epochs } from './0002-epochs.ts';
import { up as losses } from './0003-losses.ts';
import { up as checkpoints } from './0004-checkpoints.ts';
import { up as epochDetails } from './0005-epoch-details.ts';
import { up as sweeps } from './0006-sweeps.ts';
import { up as clock } from './0007-clock.ts';
import { up as runEvents } from './0008-run-events.ts';
import { up as preferences } from './0009-preferences.ts';
import { up as networks } from './0010-networks.ts';
import { up as organisation } from './0011-organisation.ts';
import { up as paces } from './0012-paces.ts';
import { up as runOrigins } from './0013-run-origins.ts';
import { up as runIdentity } from './0014-run-identity.ts';
import { up as comparisons } from './0015-comparisons.ts';
import { up as runDoing } from './0016-run-doing.ts';
import { up as drawings } from './0017-drawings.ts';
import { up as kernelTimes } from './0018-kernel-times.ts';

export const migrations: readonly ((db: Db) => void)[] = [
  runs,
  epochs,
  losses,
  checkpoints,
  epochDetails,
  sweeps,
  clock,
  runEvents,
  preferences,
  networks,
  organisation,
  paces,
  runOrigins,
  runIdentity,
  comparisons,
  runDoing,
  drawings,
  kernelTimes,
];

/**
 * Brings the database up to version `to`. All of it is one transaction that begins by taking the write lock:
 * if two processes start at once, the second waits and then finds nothing left to do.
 */
export function migrate(db: Db, to: number = migrations.length): void {
  if (versionOf(db) >= to) return;
  db.transaction(() => {
    for (let version = versionOf(db); version < to; version++) {
      migrations[version]?.(db);
      db.pragma(`user_version = ${version + 1}`);
    }
  }).immediate();
}

export function versionOf(db: Db): number {
  return db.pragma('user_version', { simple: true }) as number;
}
