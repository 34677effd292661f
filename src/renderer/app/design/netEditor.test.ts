import { describe, expect, test } from 'vitest';
import { fieldProblem, fieldsOf, newLayer } from '../../../shared/layers/fields.ts';
import { type Layer, layerTypes } from '../../../shared/layers/index.ts';
import { networkSchema, parseNetwork } from '../../../shared/network/network.ts';
import { sameNetwork } from '../../../shared/network/networkDiff.ts';
import { findPreset } from '../../../shared/network/presets.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { flattened } from './netDocument.ts';
import { NetEditor, inputKey } from './netEditor.svelte.ts';
import { readNetwork } from './netText.ts';

const { network: course } = findPreset('course')!;
const empty = { name: 'net', input: course.input, layers: [] };
const conv = (kernelSize: number, rest = {}): Layer => ({ type: 'conv2d', filters: 4, kernelSize, ...rest });
const types = (editor: NetEditor) => editor.network.layers.map(({ type }) => type);
const keyAt = (editor: NetEditor, row: number) => editor.rows[row]!.node.key;

function withBlock(): NetEditor {
  return new NetEditor({
    ...empty,
    layers: [conv(3), { type: 'residual', layers: [conv(3, { padding: 1 }), conv(1)] }, { type: 'flatten' }],
  });
}

describe('layers', () => {
  test('a net goes in and comes out as it was', () => {
    for (const name of ['course', 'homework']) {
      const { network } = findPreset(name)!;
      expect(new NetEditor(network).network).toEqual(network);
    }
    expect(parseNetwork(withBlock().network)).toEqual(withBlock().network);
  });

  test('a new one comes after the active one, and is active then', () => {
    const editor = new NetEditor(empty);
    editor.add('conv2d');
    editor.add('flatten');
    editor.step(-1);
    editor.add('maxPool2d');
    expect(types(editor)).toEqual(['conv2d', 'maxPool2d', 'flatten']);
    expect(editor.activeRow!.index).toBe(1);
    expect(editor.survey.problem).toBeNull();
  });

  test('a new block keeps the map that it is given, and an empty one takes the next layer in', () => {
    const editor = new NetEditor({ ...empty, layers: [conv(5)] });
    editor.add('residual');
    expect(editor.survey.output).toEqual({ kind: 'map', channels: 4, height: 24, width: 24 });
    editor.select(keyAt(editor, 2), 'only');
    editor.select(keyAt(editor, 4), 'range');
    editor.remove();
    expect(editor.survey.problem!.code).toBe('layer.residual-empty');
    expect(networkSchema.safeParse(editor.network).success).toBe(true);
    editor.select(keyAt(editor, 1));
    editor.add('dropout');
    expect(editor.network.layers[1]).toEqual({ type: 'residual', layers: [{ type: 'dropout' }] });
  });

  test('removed: the next one is active, then the one before, then none', () => {
    const editor = new NetEditor({ ...empty, layers: [conv(3), { type: 'dropout' }, { type: 'flatten' }] });
    editor.select(keyAt(editor, 1));
    editor.remove();
    expect(editor.activeRow!.node.layer.type).toBe('flatten');
    editor.remove();
    expect(editor.activeRow!.node.layer.type).toBe('conv2d');
    editor.remove();
    expect(editor.active).toBe(inputKey);
    expect(editor.remove()).toBe(false);
  });

  test('duplicated, several at once, with keys of their own', () => {
    const editor = withBlock();
    editor.select(keyAt(editor, 0));
    editor.select(keyAt(editor, 1), 'range');
    editor.duplicate();
    expect(types(editor)).toEqual(['conv2d', 'residual', 'conv2d', 'residual', 'flatten']);
    const keys = editor.rows.map(({ node }) => node.key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(editor.selection.size).toBe(2);
  });

  test('turned off and on; one that is off lets its input pass', () => {
    const editor = new NetEditor(course);
    editor.select(keyAt(editor, 1));
    editor.toggle();
    expect(editor.network.layers[1]).toEqual({ ...course.layers[1], disabled: true });
    expect(editor.rows[1]!.surveyed.state.kind).toBe('off');
    editor.toggle();
    expect(editor.network).toEqual(course);
  });

  test('no more than a net can be written with', () => {
    const editor = new NetEditor({
      ...empty,
      layers: Array.from({ length: 256 }, () => newLayer('dropout')),
    });
    expect(() => editor.add('dropout')).toThrow(Problem);
    expect(editor.network.layers).toHaveLength(256);
  });
});

describe('moving', () => {
  test('up and down, several as one', () => {
    const editor = new NetEditor({
      ...empty,
      layers: [conv(1), conv(2), { type: 'dropout' }, { type: 'flatten' }],
    });
    editor.select(keyAt(editor, 0));
    editor.select(keyAt(editor, 1), 'range');
    editor.shift(1);
    expect(types(editor)).toEqual(['dropout', 'conv2d', 'conv2d', 'flatten']);
    editor.shift(1);
    expect(editor.shift(1)).toBe(false);
    expect(types(editor)).toEqual(['dropout', 'flatten', 'conv2d', 'conv2d']);
    editor.shift(-1);
    expect(types(editor)).toEqual(['dropout', 'conv2d', 'conv2d', 'flatten']);
  });

  test('out of a block at its ends, and into it', () => {
    const editor = withBlock();
    editor.select(keyAt(editor, 2));
    editor.shift(-1);
    expect(types(editor)).toEqual(['conv2d', 'conv2d', 'residual', 'flatten']);
    editor.moveIn();
    expect(editor.network).toEqual(withBlock().network);
    editor.select(keyAt(editor, 4));
    editor.moveIn();
    expect(types(editor)).toEqual(['conv2d', 'residual']);
    editor.moveOut();
    expect(types(editor)).toEqual(['conv2d', 'residual', 'flatten']);
  });

  test('never into itself', () => {
    const editor = withBlock();
    const block = editor.rows[1]!.node;
    expect(editor.move([block], { parent: block.key, index: 0 })).toBe(false);
    expect(editor.network).toEqual(withBlock().network);
  });

  test('into any gap, counted before the move', () => {
    const editor = new NetEditor(course);
    editor.move([editor.rows[0]!.node], { parent: null, index: 8 });
    expect(types(editor).at(-1)).toBe('conv2d');
    editor.move([editor.rows[7]!.node], { parent: null, index: 0 });
    expect(editor.network).toEqual(course);
  });
});

describe('fields', () => {
  test('typing in one field is one step; in another, or after a pause, another', () => {
    const editor = new NetEditor(course);
    const key = keyAt(editor, 0);
    editor.setField(key, 'filters', 1);
    editor.setField(key, 'filters', 12);
    editor.setField(key, 'filters', 123);
    editor.setField(key, 'padding', 1);
    editor.pauseTyping();
    editor.setField(key, 'padding', 2);
    editor.undo();
    expect(editor.network.layers[0]).toMatchObject({ filters: 123, padding: 1 });
    editor.undo();
    editor.undo();
    expect(editor.network).toEqual(course);
    expect(editor.undo()).toBeNull();
    editor.redo();
    expect(editor.network.layers[0]).toMatchObject({ filters: 123 });
  });

  test('a value that is there already is no step', () => {
    const editor = new NetEditor(course);
    editor.setField(keyAt(editor, 0), 'padding', 0);
    expect(editor.undoLabel).toBeNull();
  });

  test('name and input', () => {
    const editor = new NetEditor(course);
    editor.rename('  mine ');
    editor.rename('   ');
    editor.setInput({ height: 32 });
    expect(editor.network).toMatchObject({ name: 'mine', input: { height: 32, width: 28 } });
    editor.undo();
    editor.undo();
    expect(editor.network).toEqual(course);
  });

  test('in a block', () => {
    const editor = withBlock();
    editor.setField(keyAt(editor, 3), 'kernelSize', 14);
    expect(editor.survey.problem).toBeNull();
    expect(editor.survey.output).toMatchObject({ features: 4 * 13 * 13 });
    editor.setField(keyAt(editor, 3), 'kernelSize', 40);
    expect(editor.survey.problem!.parameters['layer']).toBe('2.2');
  });
});

describe('mending', () => {
  test('a kernel that does not fit, a flatten that is missing, an end that is missing', () => {
    const editor = new NetEditor({ ...empty, layers: [conv(40), { type: 'linear', units: 5 }] });
    editor.mend(keyAt(editor, 0), { kind: 'field', field: 'kernelSize', value: 28 });
    editor.mend(keyAt(editor, 1), { kind: 'insertBefore', type: 'flatten' });
    editor.mend(keyAt(editor, 2), { kind: 'append', units: 10 });
    expect(types(editor)).toEqual(['conv2d', 'flatten', 'linear', 'linear']);
    expect(editor.survey.problem).toBeNull();
    expect(editor.survey.output).toEqual({ kind: 'flat', features: 10 });
  });
});

describe('clipboard', () => {
  test('what is copied is a net, and pasted it is the same layers', () => {
    const editor = withBlock();
    editor.select(keyAt(editor, 0));
    editor.select(keyAt(editor, 1), 'range');
    const text = editor.copy()!;
    expect(readNetwork(text).layers).toEqual(editor.network.layers.slice(0, 2));
    const other = new NetEditor(empty);
    other.paste(text);
    expect(other.network.layers).toEqual(editor.network.layers.slice(0, 2));
    expect(other.selection.size).toBe(2);
    expect(new NetEditor(empty).copy()).toBeNull();
  });

  test.each([
    ['nonsense', 'network.not-json'],
    ['{"layers": 1}', 'network.no-network'],
    ['[1, 2]', 'network.no-network'],
    ['null', 'network.no-network'],
    [JSON.stringify(empty), 'network.no-layers'],
    [JSON.stringify({ ...empty, layers: [{ type: 'conv3d' }] }), 'network.invalid'],
    [JSON.stringify({ ...empty, layers: [conv(0)] }), 'network.invalid'],
  ])('%s is refused in words', (text, code) => {
    const editor = new NetEditor(course);
    expect(() => editor.paste(text)).toThrow(expect.objectContaining({ code }));
    expect(editor.network).toEqual(course);
  });
});

describe('read-only', () => {
  test('nothing changes, and the attempt is counted', () => {
    const editor = new NetEditor(course);
    editor.open(course, true);
    editor.add('dropout');
    editor.setField(keyAt(editor, 0), 'filters', 3);
    editor.remove();
    editor.rename('other');
    expect(editor.network).toEqual(course);
    expect(editor.refused).toBe(4);
    expect(editor.copy()).not.toBeNull();
  });
});

test('dirty is counted from what was saved, also after undoing', () => {
  const editor = new NetEditor(course);
  expect(editor.dirty).toBe(true);
  editor.saved(course);
  expect(editor.dirty).toBe(false);
  editor.add('dropout');
  expect(editor.dirty).toBe(true);
  editor.undo();
  expect(editor.dirty).toBe(false);
});

/** Mulberry32 makes the same edits in every run. */
function draws(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

describe('any edits, undone, are no edits', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))('seed %i', (seed) => {
    const draw = draws(seed);
    const start = seed % 2 ? course : withBlock().network;
    const editor = new NetEditor(start);
    for (let edit = 0; edit < 60; edit++) {
      const rows = editor.rows;
      const any = rows.length > 0 ? rows[draw(rows.length)]!.node : undefined;
      if (any) editor.select(any.key, (['only', 'toggle', 'range'] as const)[draw(3)]);
      const gaps = [
        null,
        ...rows.filter(({ node }) => node.layer.type === 'residual').map(({ node }) => node.key),
      ];
      const parent = gaps[draw(gaps.length)]!;
      const edits: (() => unknown)[] = [
        () => editor.add(layerTypes[draw(layerTypes.length)]!),
        () => editor.remove(),
        () => editor.duplicate(),
        () => editor.toggle(),
        () => editor.shift(draw(2) ? 1 : -1),
        () => editor.moveIn(),
        () => editor.moveOut(),
        () => editor.move(editor.targets, { parent, index: draw(3) }),
        () => editor.rename(`net ${draw(5)}`),
        () => editor.setInput({ height: 1 + draw(40) }),
        () => editor.paste(editor.copy() ?? JSON.stringify(course)),
        () => {
          const field = any && fieldsOf(any.layer)[0];
          if (!any || !field) return;
          const value = field.kind === 'choice' ? field.options[draw(9)]! : 1 + draw(9);
          if (fieldProblem(field, value) === null) editor.setField(any.key, field.name, value);
        },
        () => editor.undo(),
        () => editor.redo(),
      ];
      try {
        edits[draw(edits.length)]!();
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
      }
      // After every edit the net can be written and kept, its keys are unique, and the selected layers exist.
      expect(networkSchema.safeParse(editor.network).success).toBe(true);
      const keys = flattened(editor.document.nodes).map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      expect([...editor.selection].every((key) => keys.includes(key))).toBe(true);
      expect(editor.rows.map(({ node }) => node.key)).toEqual(keys);
    }
    const end = editor.network;
    let steps = 0;
    while (editor.undo()) steps += 1;
    expect(editor.network).toEqual(start);
    for (; steps > 0; steps--) editor.redo();
    expect(sameNetwork(editor.network, end)).toBe(true);
  });
});
