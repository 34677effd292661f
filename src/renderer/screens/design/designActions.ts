/** The Design screen's actions, and its menus, which are made from them. */
import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import Copy from '@lucide/svelte/icons/copy';
import CopyPlus from '@lucide/svelte/icons/copy-plus';
import FileCode from '@lucide/svelte/icons/file-code';
import FileImage from '@lucide/svelte/icons/file-image';
import FileDown from '@lucide/svelte/icons/file-down';
import FileUp from '@lucide/svelte/icons/file-up';
import Pencil from '@lucide/svelte/icons/pencil';
import Plus from '@lucide/svelte/icons/plus';
import Power from '@lucide/svelte/icons/power';
import Trash2 from '@lucide/svelte/icons/trash-2';
import { m } from '../../paraglide/messages.js';
import type { Action } from '../../app/actions.svelte.ts';
import type { MenuEntry } from '../../ui/overlay/menu.ts';
import type { DesignBench } from './bench.svelte.ts';

export function designActions(bench: DesignBench): readonly Action[] {
  const { editor, design } = bench;
  const action = (verb: string, rest: Omit<Action, 'id' | 'group'>): Action => ({
    id: `design.${verb}`,
    group: 'design',
    ...rest,
  });
  const open = () => design.source !== null;
  const onLayer = () => open() && editor.targets.length > 0;
  return [
    action('add', {
      title: m.design_add,
      keys: 'a',
      available: () => open() && !editor.readOnly,
      run: () => bench.find(),
    }),
    action('edit', { title: m.design_edit, keys: 'e', available: open, run: () => bench.editFields() }),
    action('duplicate', {
      title: m.design_duplicate,
      keys: '$mod+d',
      available: onLayer,
      run: () => bench.edit(() => editor.duplicate()),
    }),
    action('toggle', {
      title: () =>
        editor.targets.some(({ layer }) => layer.disabled) ? m.design_enable() : m.design_disable(),
      keys: 'x',
      available: onLayer,
      run: () => bench.edit(() => editor.toggle()),
    }),
    action('remove', {
      title: m.design_remove,
      keys: ['Delete', 'Backspace'],
      available: onLayer,
      run: () => bench.remove(),
    }),
    action('up', {
      title: m.design_move_up,
      keys: 'Alt+ArrowUp',
      available: onLayer,
      run: () => bench.edit(() => editor.shift(-1)),
    }),
    action('down', {
      title: m.design_move_down,
      keys: 'Alt+ArrowDown',
      available: onLayer,
      run: () => bench.edit(() => editor.shift(1)),
    }),
    action('in', {
      title: m.design_move_in,
      keys: 'Alt+ArrowRight',
      available: onLayer,
      run: () => bench.edit(() => editor.moveIn()),
    }),
    action('out', {
      title: m.design_move_out,
      keys: 'Alt+ArrowLeft',
      available: onLayer,
      run: () => bench.edit(() => editor.moveOut()),
    }),
    action('all', {
      title: m.design_select_all,
      keys: '$mod+a',
      available: open,
      run: () => editor.selectAll(),
    }),
    action('undo', {
      title: m.design_undo,
      keys: '$mod+z',
      available: () => open() && editor.undoLabel !== null,
      run: () => bench.undo(),
    }),
    action('redo', {
      title: m.design_redo,
      keys: ['$mod+Shift+z', '$mod+y'],
      available: () => open() && editor.redoLabel !== null,
      run: () => bench.redo(),
    }),
    action('copy', { title: m.design_copy, available: onLayer, run: () => bench.copyLayers() }),
    action('paste', { title: m.design_paste, available: open, run: () => bench.pasteLayers() }),
    action('version', {
      title: m.design_version_save,
      keys: '$mod+s',
      inFields: true,
      available: () => design.kept !== undefined,
      run: () => {
        bench.versionsOpen = true;
      },
    }),
    action('open', {
      title: m.design_open,
      keys: 'o',
      run: () => {
        bench.switcherOpen = true;
      },
    }),
    action('new', { title: m.design_new, run: () => bench.create() }),
    action('duplicateNet', {
      title: m.design_duplicate_net,
      available: open,
      run: () => bench.duplicateNet(),
    }),
    action('import', { title: m.design_import, run: () => bench.pickFile() }),
    action('code', {
      title: m.code_paste_title,
      run: () => {
        bench.codeOpen = true;
      },
    }),
    action('export', { title: m.design_export, available: open, run: () => bench.exportNet() }),
    action('diagram', { title: m.design_diagram, available: open, run: () => bench.exportFigure('diagram') }),
    action('figure', { title: m.design_figure, available: open, run: () => bench.exportFigure('paper') }),
    action('delete', {
      title: m.design_delete,
      available: () => design.kept !== undefined,
      run: () => bench.deleteNet(),
    }),
  ];
}

/** Returns the menu entries for the selected layers. */
export function layerEntries(bench: DesignBench): readonly MenuEntry[] {
  const { editor } = bench;
  return [
    { label: m.design_edit(), icon: Pencil, keys: 'Enter', onSelect: () => bench.editFields() },
    {
      label: m.design_duplicate(),
      icon: CopyPlus,
      keys: '$mod+d',
      onSelect: () => bench.edit(() => editor.duplicate()),
    },
    { label: m.design_copy(), icon: Copy, keys: '$mod+c', onSelect: () => void bench.copyLayers() },
    {
      label: editor.targets.some(({ layer }) => layer.disabled) ? m.design_enable() : m.design_disable(),
      icon: Power,
      keys: 'x',
      onSelect: () => bench.edit(() => editor.toggle()),
    },
    { kind: 'line' },
    {
      label: m.design_move_up(),
      icon: ArrowUp,
      keys: 'Alt+ArrowUp',
      onSelect: () => bench.edit(() => editor.shift(-1)),
    },
    {
      label: m.design_move_down(),
      icon: ArrowDown,
      keys: 'Alt+ArrowDown',
      onSelect: () => bench.edit(() => editor.shift(1)),
    },
    { label: m.design_move_in(), keys: 'Alt+ArrowRight', onSelect: () => bench.edit(() => editor.moveIn()) },
    { label: m.design_move_out(), keys: 'Alt+ArrowLeft', onSelect: () => bench.edit(() => editor.moveOut()) },
    { kind: 'line' },
    { label: m.design_remove(), icon: Trash2, keys: 'Delete', danger: true, onSelect: () => bench.remove() },
  ];
}

/** Returns the menu entries for the net. */
export function netEntries(bench: DesignBench): readonly MenuEntry[] {
  const { design } = bench;
  const entries: MenuEntry[] = [
    { label: m.design_new(), icon: Plus, onSelect: () => void bench.create() },
    { label: m.design_duplicate_net(), icon: CopyPlus, onSelect: () => void bench.duplicateNet() },
    { kind: 'line' },
    { label: m.design_import(), icon: FileUp, onSelect: () => bench.pickFile() },
    {
      label: m.code_paste_title(),
      icon: FileCode,
      onSelect: () => {
        bench.codeOpen = true;
      },
    },
    { label: m.design_export(), icon: FileDown, onSelect: () => bench.exportNet() },
    { label: m.design_diagram(), icon: FileImage, onSelect: () => bench.exportFigure('diagram') },
    { label: m.design_figure(), icon: FileImage, onSelect: () => bench.exportFigure('paper') },
  ];
  if (design.kept) {
    entries.push(
      { kind: 'line' },
      { label: m.design_delete(), icon: Trash2, danger: true, onSelect: () => void bench.deleteNet() },
    );
  }
  return entries;
}
