import { describe, expect, test } from 'vitest';
import { Database } from '../sqlite.ts';
import { migrate, migrations, versionOf } from './index.ts';

/** Returns a database as it was when version `to` was the newest. */
function databaseAt(to: number) {
  const db = new Database(':memory:');
  migrate(db, to);
  return db;
}

const run = `INSERT INTO runs (name, network, settings, dataset, dataset_hash, status, created_at, updated_at, shards,
  stride_version, node_version, tensorflow_version, machine, parameter_count, steps_per_epoch)
  VALUES ('a', '{}', '{}', 'mnist', 'f', 'queued', '2026', '2026', 2, '0', '24', '', '{}', 34, 321)`;

test('0001: runs, whose numbers are not given again', () => {
  const db = databaseAt(1);
  db.exec(run);
  db.exec('DELETE FROM runs');
  expect(Number(db.prepare(run).run().lastInsertRowid)).toBe(2);
  expect(db.prepare('SELECT step, epochs_done, best_epoch FROM runs').get()).toEqual({
    step: 0,
    epochs_done: 0,
    best_epoch: null,
  });
});

test('0002: epochs, which go with their run', () => {
  const db = databaseAt(1);
  db.exec(run);
  migrate(db, 2);
  db.exec("INSERT INTO epochs VALUES (1, 1, NULL, 0.5, 9, 10, '[]', 1, 2)");
  expect(() => db.exec("INSERT INTO epochs VALUES (1, 1, 0.5, 0.5, 9, 10, '[]', 1, 2)")).toThrow('UNIQUE');
  expect(() => db.exec("INSERT INTO epochs VALUES (2, 1, 0.5, 0.5, 9, 10, '[]', 1, 2)")).toThrow(
    'FOREIGN KEY',
  );
  db.exec('DELETE FROM runs');
  expect(db.prepare('SELECT count(*) FROM epochs').pluck().get()).toBe(0);
});

test('0003: losses, which go with their run', () => {
  const db = databaseAt(2);
  db.exec(run);
  migrate(db, 3);
  db.exec('INSERT INTO running_losses VALUES (1, 1, 300, 0.5)');
  db.exec("INSERT INTO batch_losses VALUES (1, 0, x'00000000')");
  expect(() => db.exec('INSERT INTO running_losses VALUES (1, 1, 300, 0.6)')).toThrow('UNIQUE');
  expect(() => db.exec("INSERT INTO batch_losses VALUES (1, 0, x'00')")).toThrow('UNIQUE');
  db.exec('DELETE FROM runs');
  expect(db.prepare('SELECT count(*) FROM running_losses').pluck().get()).toBe(0);
  expect(db.prepare('SELECT count(*) FROM batch_losses').pluck().get()).toBe(0);
});

test('0004: checkpoints, one of a kind a run', () => {
  const db = databaseAt(3);
  db.exec(run);
  migrate(db, 4);
  db.exec("INSERT INTO checkpoints VALUES (1, 'last', 'last.safetensors', 5, 1, 5, 100, '2026')");
  expect(() => db.exec("INSERT INTO checkpoints VALUES (1, 'last', 'b', 6, 1, 6, 100, '2026')")).toThrow(
    'UNIQUE',
  );
  db.exec('DELETE FROM runs');
  expect(db.prepare('SELECT count(*) FROM checkpoints').pluck().get()).toBe(0);
});

describe('migrate', () => {
  test('is done once', () => {
    const db = databaseAt(migrations.length);
    migrate(db);
    expect(versionOf(db)).toBe(migrations.length);
  });

  test('all or nothing', () => {
    const db = databaseAt(1);
    db.exec('CREATE TABLE batch_losses (something TEXT)');
    expect(() => migrate(db)).toThrow('already exists');
    expect(versionOf(db)).toBe(1);
    expect(db.prepare("SELECT count(*) FROM sqlite_master WHERE name = 'epochs'").pluck().get()).toBe(0);
  });
});

test('0006: sweeps, whose runs outlive them; a position is one run’s', () => {
  const db = databaseAt(5);
  db.exec(run);
  db.exec(run);
  db.exec(run);
  migrate(db, 6);
  expect(db.prepare('SELECT sweep_id, sweep_position FROM runs WHERE id = 1').get()).toEqual({
    sweep_id: null,
    sweep_position: null,
  });
  db.exec(`INSERT INTO sweeps (name, definition, status, workers, shards, combinations, seeds, created_at)
    VALUES ('a', '{}', 'running', 2, 1, 3, 2, '2026')`);
  db.exec('UPDATE runs SET sweep_id = 1, sweep_position = id WHERE id < 3');
  expect(() => db.exec('UPDATE runs SET sweep_id = 1, sweep_position = 2 WHERE id = 1')).toThrow('UNIQUE');
  expect(() => db.exec('UPDATE runs SET sweep_id = 2 WHERE id = 1')).toThrow('FOREIGN KEY');
  db.exec('DELETE FROM sweeps');
  expect(db.prepare('SELECT count(*) FROM runs WHERE sweep_id IS NULL').pluck().get()).toBe(3);
});

test('0005: details of an epoch, null for those from before', () => {
  const db = databaseAt(4);
  db.exec(run);
  db.exec("INSERT INTO epochs VALUES (1, 1, NULL, 0.5, 9, 10, '[]', 1, 2)");
  migrate(db, 5);
  expect(db.prepare('SELECT details FROM epochs').pluck().get()).toBeNull();
});

test('0007: the clock of batch losses, null for those from before', () => {
  const db = databaseAt(6);
  db.exec(run);
  db.exec("INSERT INTO batch_losses VALUES (1, 0, x'0000803f')");
  migrate(db, 7);
  expect(db.prepare('SELECT seconds FROM batch_losses').pluck().get()).toBeNull();
});

test('0008: events of a run, numbered within it, which go with it', () => {
  const db = databaseAt(7);
  db.exec(run);
  migrate(db, 8);
  db.exec("INSERT INTO run_events VALUES (1, 1, '2026', 0, 1, 'created', '{}')");
  expect(() => db.exec("INSERT INTO run_events VALUES (1, 1, '2026', 0, 1, 'paused', '{}')")).toThrow(
    'UNIQUE',
  );
  db.exec('DELETE FROM runs');
  expect(db.prepare('SELECT count(*) FROM run_events').pluck().get()).toBe(0);
});

test('0009: preferences, one value a key', () => {
  const db = databaseAt(8);
  migrate(db, 9);
  db.exec("INSERT INTO preferences VALUES ('theme', '\"dark\"', '2026')");
  expect(() => db.exec("INSERT INTO preferences VALUES ('theme', '1', '2026')")).toThrow('UNIQUE');
});

test('0010: nets and their versions, which go with their net', () => {
  const db = databaseAt(9);
  migrate(db, 10);
  db.exec("INSERT INTO networks (name, network, created_at, updated_at) VALUES ('a', '{}', '2026', '2026')");
  expect(db.prepare('SELECT revision, deleted_at FROM networks').get()).toEqual({
    revision: 1,
    deleted_at: null,
  });
  db.exec("INSERT INTO network_versions VALUES (1, 1, '{}', '', '2026')");
  expect(() => db.exec("INSERT INTO network_versions VALUES (1, 1, '{}', '', '2026')")).toThrow('UNIQUE');
  expect(() => db.exec("INSERT INTO network_versions VALUES (2, 1, '{}', '', '2026')")).toThrow(
    'FOREIGN KEY',
  );
  db.exec('DELETE FROM networks');
  expect(db.prepare('SELECT count(*) FROM network_versions').pluck().get()).toBe(0);
});

test('0011: organisation; what was kept before can be found by it', () => {
  const db = databaseAt(10);
  db.exec(run);
  db.exec(`UPDATE runs SET network = '{"name":"course"}', settings = '{"batchSize":64,"seed":3,
    "optimizer":{"type":"sgd","learningRate":0.01}}', best_correct = 9850, last_correct = 9800, last_total = 10000`);
  migrate(db, 11);
  const found =
    db.prepare(`SELECT archived, deleted_at, purging, net, optimizer, learning_rate, batch_size, seed,
    best_accuracy, last_accuracy FROM runs`);
  expect(found.get()).toEqual({
    archived: 0,
    deleted_at: null,
    purging: 0,
    net: 'course',
    optimizer: 'sgd',
    learning_rate: 0.01,
    batch_size: 64,
    seed: 3,
    best_accuracy: 98.5,
    last_accuracy: 98,
  });
  db.exec("INSERT INTO run_tags VALUES (1, 'Wide')");
  db.exec("INSERT INTO run_notes VALUES (1, 'a note')");
  expect(() => db.exec("INSERT INTO run_tags VALUES (1, 'wide')")).toThrow('UNIQUE');
  db.exec('DELETE FROM runs');
  expect(
    db.prepare('SELECT (SELECT count(*) FROM run_tags) + (SELECT count(*) FROM run_notes)').pluck().get(),
  ).toBe(0);
});

test('0012: paces, one a key', () => {
  const db = databaseAt(11);
  migrate(db, 12);
  db.exec("INSERT INTO paces VALUES ('a', 0.001, 0.0001, 1.5, '2026')");
  expect(() => db.exec("INSERT INTO paces VALUES ('a', 0.002, 0.0001, 1.5, '2026')")).toThrow('UNIQUE');
});

test('0013: the net that a run was trained from; a run from before has none', () => {
  const db = databaseAt(12);
  db.exec(run);
  migrate(db, 13);
  const origin = db.prepare('SELECT origin_network, origin_version, origin_changed FROM runs');
  expect(origin.get()).toEqual({ origin_network: null, origin_version: null, origin_changed: null });
  db.exec('UPDATE runs SET origin_network = 3, origin_version = 2, origin_changed = 0');
  expect(origin.get()).toEqual({ origin_network: 3, origin_version: 2, origin_changed: 0 });
});

test('0014: an identity each, of its own; runs from before are known as such', () => {
  const db = databaseAt(13);
  db.exec(run);
  db.exec(run);
  migrate(db, 14);
  const [first, second] = db.prepare('SELECT identity, from_before FROM runs').all() as {
    identity: string;
    from_before: number;
  }[];
  expect(first?.identity).toMatch(/^[0-9a-f]{32}$/);
  expect(second?.identity).not.toBe(first?.identity);
  expect([first?.from_before, second?.from_before]).toEqual([1, 1]);
  expect(() => db.exec('UPDATE runs SET identity = (SELECT identity FROM runs WHERE id = 1)')).toThrow(
    'UNIQUE',
  );
  db.exec(run);
  expect(db.prepare('SELECT from_before FROM runs WHERE id = 3').pluck().get()).toBe(0);
});

test('0015: comparisons that have a name', () => {
  const db = databaseAt(14);
  migrate(db, 15);
  db.exec(
    "INSERT INTO comparisons (name, runs, baseline, note, updated_at) VALUES ('a', '[1,2]', 1, '', '2026')",
  );
  expect(db.prepare('SELECT id, name, runs FROM comparisons').get()).toEqual({
    id: 1,
    name: 'a',
    runs: '[1,2]',
  });
  expect(() => db.exec("INSERT INTO comparisons (name, runs, note) VALUES ('b', '[1,2]', '')")).toThrow(
    'NOT NULL',
  );
});

test('0016: what a run is doing, nothing for those from before', () => {
  const db = databaseAt(15);
  db.exec(run);
  migrate(db, 16);
  expect(db.prepare('SELECT doing FROM runs').pluck().get()).toBeNull();
});

test('0017: drawings, which need a class and pixels', () => {
  const db = databaseAt(16);
  migrate(db, 17);
  db.exec("INSERT INTO drawings (dataset, label, pixels, created_at) VALUES ('mnist', 7, x'00ff', '2026')");
  expect(db.prepare('SELECT label, length(pixels) AS size FROM drawings').get()).toEqual({
    label: 7,
    size: 2,
  });
  expect(() =>
    db.exec("INSERT INTO drawings (dataset, pixels, created_at) VALUES ('mnist', x'00', '2026')"),
  ).toThrow('NOT NULL');
});
