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
import Redo2 from '@lucide/svelte/icons/redo-2';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Undo2 from '@lucide/svelte/icons/undo-2';
import { m } from '../../paraglide/messages.js';
import type { Action, EntryOf } from '../../app/actions.svelte.ts';
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
    action('edit', {
      title: m.design_edit,
      icon: Pencil,
      menuKeys: 'Enter',
      keys: 'e',
      available: open,
      run: () => bench.editFields(),
    }),
    action('duplicate', {
      title: m.design_duplicate,
      icon: CopyPlus,
      keys: '$mod+d',
      available: onLayer,
      run: () => bench.edit(() => editor.duplicate()),
    }),
    action('toggle', {
      title: () =>
        editor.targets.some(({ layer }) => layer.disabled) ? m.design_enable() : m.design_disable(),
      icon: Power,
      keys: 'x',
      available: onLayer,
      run: () => bench.edit(() => editor.toggle()),
    }),
    action('remove', {
      title: m.design_remove,
      icon: Trash2,
      danger: true,
      keys: ['Delete', 'Backspace'],
      available: onLayer,
      run: () => bench.remove(),
    }),
    action('up', {
      title: m.design_move_up,
      icon: ArrowUp,
      keys: 'Alt+ArrowUp',
      available: onLayer,
      run: () => bench.edit(() => editor.shift(-1)),
    }),
    action('down', {
      title: m.design_move_down,
      icon: ArrowDown,
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
      icon: Undo2,
      keys: '$mod+z',
      available: () => open() && editor.undoLabel !== null,
      run: () => bench.undo(),
    }),
    action('redo', {
      title: m.design_redo,
      icon: Redo2,
      keys: ['$mod+Shift+z', '$mod+y'],
      available: () => open() && editor.redoLabel !== null,
      run: () => bench.redo(),
    }),
    action('copy', {
      title: m.design_copy,
      icon: Copy,
      menuKeys: '$mod+c',
      available: onLayer,
      run: () => bench.copyLayers(),
    }),
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
    action('new', { title: m.design_new, icon: Plus, run: () => bench.create() }),
    action('duplicateNet', {
      title: m.design_duplicate_net,
      icon: CopyPlus,
      available: open,
      run: () => bench.duplicateNet(),
    }),
    action('import', { title: m.design_import, icon: FileUp, run: () => bench.pickFile() }),
    action('code', {
      title: m.design_from_code,
      keywords: () => 'paste script notebook 粘贴 脚本',
      icon: FileCode,
      run: () => {
        bench.codeOpen = true;
      },
    }),
    action('export', {
      title: m.design_export,
      icon: FileDown,
      available: open,
      run: () => bench.exportNet(),
    }),
    action('diagram', {
      title: m.design_diagram,
      icon: FileImage,
      available: open,
      run: () => bench.exportFigure('diagram'),
    }),
    action('figure', {
      title: m.design_figure,
      icon: FileImage,
      available: open,
      run: () => bench.exportFigure('paper'),
    }),
    action('delete', {
      title: m.design_delete,
      icon: Trash2,
      danger: true,
      available: () => design.kept !== undefined,
      run: () => bench.deleteNet(),
    }),
  ];
}

const line = { kind: 'line' } as const;

/** Returns the menu entries for the selected layers. */
export function layerEntries(entry: EntryOf): readonly MenuEntry[] {
  const entries = (...verbs: string[]) => verbs.map((verb) => entry(`design.${verb}`));
  return [
    ...entries('edit', 'duplicate', 'copy', 'toggle'),
    line,
    ...entries('up', 'down', 'in', 'out'),
    line,
    ...entries('remove'),
  ];
}

/** Returns the menu entries for the net. */
export function netEntries(entry: EntryOf, kept: boolean): readonly MenuEntry[] {
  const entries = (...verbs: string[]) => verbs.map((verb) => entry(`design.${verb}`));
  return [
    ...entries('new', 'duplicateNet'),
    line,
    ...entries('import', 'code', 'export', 'diagram', 'figure'),
    ...(kept ? [line, ...entries('delete')] : []),
  ];
}
