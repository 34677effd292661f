import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeLab } from '../../../../test/support/fakeLab.ts';
import type { StoredNetwork } from '../../../shared/api/calls/networks.ts';
import type { Network } from '../../../shared/network/network.ts';
import { findPreset } from '../../../shared/network/presets.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { DesignState } from './design.svelte.ts';
import { NetworksState } from './networks.svelte.ts';

const { network: course } = findPreset('course')!;
const mine: Network = { ...course, name: 'mine' };
const theirs: Network = { ...course, name: 'theirs', layers: course.layers.slice(0, 3) };

class MemoryStorage implements Storage {
  [name: string]: unknown;
  readonly #items = new Map<string, string>();
  get length(): number {
    return this.#items.size;
  }
  clear(): void {
    this.#items.clear();
  }
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }
  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }
  removeItem(key: string): void {
    this.#items.delete(key);
  }
  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }
}

const summary = (network: Network, revision: number, id = 1): StoredNetwork => ({
  id,
  network,
  revision,
  version: 0,
  changed: true,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: `2026-01-01T00:00:${String(revision).padStart(2, '0')}.000Z`,
});

/** A lab that keeps one net, and can be made unreachable. */
class Lab extends FakeLab {
  kept = summary(mine, 1);
  away = false;
  written: Network[] = [];

  constructor() {
    super();
    this.answer('networks.list', () => [this.kept]);
    this.answer('networks.save', ({ network }) => {
      if (this.away) throw new Problem('transport.lost', 'the connection broke');
      this.written.push(network as Network);
      return (this.kept = summary(network as Network, this.kept.revision + 1));
    });
  }
}

let lab: Lab;
let session: MemoryStorage;
beforeEach(() => {
  vi.useFakeTimers();
  lab = new Lab();
  session = new MemoryStorage();
});
afterEach(() => vi.useRealTimers());

async function open(name = '1'): Promise<{ design: DesignState; networks: NetworksState }> {
  const networks = new NetworksState(lab);
  const design = new DesignState(lab, networks, session);
  await design.open(name);
  return { design, networks };
}

describe('opening', () => {
  test('a preset is only looked at', async () => {
    const { design } = await open('course');
    expect(design.editor.readOnly).toBe(true);
    design.editor.add('dropout');
    await vi.runAllTimersAsync();
    expect(design.editor.network).toEqual(course);
    expect(lab.written).toEqual([]);
  });

  test('a net that is not there is a problem in words', async () => {
    const { design } = await open('7');
    expect(design.problem).toMatchObject({ code: 'network.unknown' });
    expect(design.source).toBeNull();
    await design.open('1');
    expect(design.problem).toBeNull();
    expect(design.editor.network).toEqual(mine);
  });

  test('the same one again leaves its steps', async () => {
    const { design } = await open();
    design.editor.add('dropout');
    await design.open('1');
    expect(design.editor.undoLabel).not.toBeNull();
  });
});

describe('writing', () => {
  test('comes a moment after the last of several changes', async () => {
    const { design } = await open();
    design.editor.add('dropout');
    design.editor.add('dropout');
    expect(lab.written).toEqual([]);
    await vi.runAllTimersAsync();
    expect(lab.written).toEqual([design.editor.network]);
    expect(session.length).toBe(0);
  });

  test('what was being written when another net is opened is written to its own', async () => {
    const { design } = await open();
    design.editor.add('dropout');
    const changed = design.editor.network;
    await design.open('course');
    await vi.runAllTimersAsync();
    expect(lab.kept.network).toEqual(changed);
  });

  test('a lab that is away loses nothing: it is said, and written later', async () => {
    const { design } = await open();
    lab.away = true;
    design.editor.add('dropout');
    await vi.runAllTimersAsync();
    expect(design.writeProblem).toMatchObject({ code: 'transport.lost' });
    lab.away = false;
    await design.flush();
    expect(design.writeProblem).toBeNull();
    expect(lab.kept.network).toEqual(design.editor.network);
  });

  test('a reload before the writing finds the change again', async () => {
    const { design } = await open();
    design.editor.add('dropout');
    const changed = design.editor.network;
    vi.clearAllTimers();
    const again = (await open()).design;
    expect(again.editor.network).toEqual(changed);
    await vi.runAllTimersAsync();
    expect(lab.kept.network).toEqual(changed);
    expect(session.length).toBe(0);
  });
});

describe('another window', () => {
  const hear = (network: Network | null) =>
    lab.emit('networks.changed', { id: 1, network: network && summary(network, 9), writer: 'other' });

  test('its change is taken over and told, and is no step that this window undoes', async () => {
    const { design } = await open();
    const told = vi.fn();
    design.onForeignChange(told);
    hear(theirs);
    expect(design.editor.network).toEqual(theirs);
    expect(told).toHaveBeenCalledWith('written');
    await vi.runAllTimersAsync();
    expect(lab.written).toEqual([]);
    design.editor.undo();
    await vi.runAllTimersAsync();
    expect(design.editor.network).toEqual(theirs);
    expect(lab.written).toEqual([]);
  });

  test('what waits in this window is newer, and wins', async () => {
    const { design } = await open();
    design.editor.add('dropout');
    const changed = design.editor.network;
    hear(theirs);
    await vi.runAllTimersAsync();
    expect(lab.kept.network).toEqual(changed);
  });

  test('an echo of this window’s own writing changes nothing', async () => {
    const { design, networks } = await open();
    design.editor.add('dropout');
    const changed = design.editor.network;
    lab.emit('networks.changed', { id: 1, network: summary(mine, 5), writer: networks.writer });
    expect(design.editor.network).toEqual(changed);
  });

  test('deleted there, the net stays in sight here', async () => {
    const { design } = await open();
    const told = vi.fn();
    design.onForeignChange(told);
    hear(null);
    expect(told).toHaveBeenCalledWith('deleted');
    expect(design.editor.network).toEqual(mine);
  });
});

test('a name that no other net has', async () => {
  const { networks } = await open();
  expect(networks.freeName('mine')).toBe('mine 2');
  expect(networks.freeName('other')).toBe('other');
});
