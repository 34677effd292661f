/** Kept nets through the lab, on real SQLite: drafts, versions, deleting and bringing back, and who hears of it. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { historyFile } from '../src/main/history/open.ts';
import type { Lab } from '../src/main/lab/lab.ts';
import {
  type CallInput,
  type CallName,
  type CallReply,
  type EventPayload,
  calls,
} from '../src/shared/api/api.ts';
import type { Network } from '../src/shared/network/network.ts';
import { findPreset } from '../src/shared/network/presets.ts';
import { openLab, removeFolder, temporaryFolder } from './support/lab.ts';

const { network: course } = findPreset('course')!;
const mine: Network = { ...course, name: 'mine' };
const broken: Network = { ...mine, layers: [{ type: 'conv2d', filters: 3, kernelSize: 40 }] };

let home: string;
let lab: Lab;
let heard: EventPayload<'networks.changed'>[];

async function open(): Promise<void> {
  lab = await openLab(home);
  heard = [];
  lab.on('networks.changed', (event) => heard.push(event));
}

beforeEach(async () => {
  home = temporaryFolder();
  await open();
});
afterEach(async () => {
  await lab.close();
  removeFolder(home);
});

/** The reply, which must be as the contract says. */
async function ask<C extends CallName>(name: C, request: CallInput<C>): Promise<CallReply<C>> {
  return calls[name].reply.parse(await lab.call(name, request)) as CallReply<C>;
}

test('a net with errors is kept as it is, and is there after a restart', async () => {
  const { id } = await ask('networks.create', { network: mine, writer: 'a' });
  const saved = await ask('networks.save', { id, network: broken, writer: 'a' });
  expect(saved).toMatchObject({ network: broken, revision: 2, version: 0, changed: true });
  await lab.close();
  await open();
  expect(await ask('networks.list', {})).toEqual([saved]);
});

test('every window hears who wrote what; the last one wins', async () => {
  const { id } = await ask('networks.create', { network: mine, writer: 'a' });
  await ask('networks.save', { id, network: broken, writer: 'a' });
  await ask('networks.save', { id, network: course, writer: 'b' });
  expect(heard.map(({ writer, network }) => [writer, network?.revision, network?.network])).toEqual([
    ['a', 1, mine],
    ['a', 2, broken],
    ['b', 3, course],
  ]);
  expect((await ask('networks.get', { id })).network).toEqual(course);
});

test('versions are counted, noted, and none is made of what has not changed', async () => {
  const { id } = await ask('networks.create', { network: mine, writer: 'a' });
  const first = await ask('networks.saveVersion', { id, network: mine, note: ' begun ', writer: 'a' });
  expect(first).toMatchObject({ version: 1, changed: false });
  await ask('networks.saveVersion', { id, network: structuredClone(mine), writer: 'a' });
  await ask('networks.saveVersion', { id, network: broken, writer: 'a' });
  const back = await ask('networks.save', { id, network: mine, writer: 'a' });
  expect(back).toMatchObject({ version: 2, changed: true });
  const { versions } = await ask('networks.get', { id });
  expect(versions.map(({ version, note, network }) => [version, note, network])).toEqual([
    [2, '', broken],
    [1, 'begun', mine],
  ]);
});

test('a net has a new name at once, and is the same net', async () => {
  const { id } = await ask('networks.create', { network: mine, writer: 'a' });
  const renamed = await ask('networks.rename', { id, name: ' other ', writer: 'b' });
  expect(renamed.network).toEqual({ ...mine, name: 'other' });
  await expect(ask('networks.rename', { id, name: '  ', writer: 'b' })).rejects.toMatchObject({
    code: 'call.invalid',
  });
});

test('deleted, it is gone for everybody and can be brought back with its versions', async () => {
  const { id } = await ask('networks.create', { network: mine, writer: 'a' });
  await ask('networks.saveVersion', { id, network: mine, writer: 'a' });
  await ask('networks.delete', { id, writer: 'a' });
  expect(heard.at(-1)).toEqual({ id, network: null, writer: 'a' });
  expect(await ask('networks.list', {})).toEqual([]);
  for (const request of [{ id }, { id: 99 }]) {
    await expect(ask('networks.get', request)).rejects.toMatchObject({ code: 'network.unknown' });
    await expect(ask('networks.save', { ...request, network: mine, writer: 'a' })).rejects.toMatchObject({
      code: 'network.unknown',
    });
    await expect(ask('networks.delete', { ...request, writer: 'a' })).rejects.toMatchObject({
      code: 'network.unknown',
    });
  }
  await ask('networks.restore', { id, writer: 'a' });
  expect((await ask('networks.get', { id })).versions).toHaveLength(1);
});

test('what was deleted more than a month ago goes at the next start, and nothing else', async () => {
  const ids: number[] = [];
  for (const name of ['long ago', 'lately', 'never'])
    ids.push((await ask('networks.create', { network: { ...mine, name }, writer: 'a' })).id);
  await ask('networks.delete', { id: ids[0]!, writer: 'a' });
  await ask('networks.delete', { id: ids[1]!, writer: 'a' });
  await lab.close();
  const db = new Database(join(home, historyFile));
  db.prepare("UPDATE networks SET deleted_at = '2020-01-01T00:00:00.000Z' WHERE id = ?").run(ids[0]);
  db.close();
  await open();
  await expect(ask('networks.restore', { id: ids[0]!, writer: 'a' })).rejects.toMatchObject({
    code: 'network.unknown',
  });
  await ask('networks.restore', { id: ids[1]!, writer: 'a' });
  expect((await ask('networks.list', {})).map(({ network }) => network.name).sort()).toEqual([
    'lately',
    'never',
  ]);
});

test('a net that cannot be written is refused, with the layer and the field', async () => {
  const network = { ...mine, layers: [{ type: 'conv2d', filters: 0, kernelSize: 3 }] } as Network;
  await expect(ask('networks.create', { network, writer: 'a' })).rejects.toMatchObject({
    code: 'network.invalid',
    message: 'the net is not valid: layer 1 (conv2d): filters must be at least 1',
    parameters: { field: 'layers[0].filters' },
  });
});
