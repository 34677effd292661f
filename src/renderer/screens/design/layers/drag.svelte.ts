/**
 * Dragging layers: what each list shows during a drag, and the net after the drop. Until then the net is unchanged, so
 * that an aborted drag has no effect.
 */
import { createContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { type DndEvent, TRIGGERS } from 'svelte-dnd-action';
import type { NetEditor } from '../../../app/design/netEditor.svelte.ts';
import type { Row } from '../../../app/design/netRows.ts';
import { childrenAt } from '../../../app/design/netDocument.ts';
import type { Offer } from './layerIcons.ts';

export interface DragItem {
  readonly id: string;
  readonly row?: Row;
  readonly offer?: Offer;
}

export class LayerDrag {
  /** True if a block, or what would become one, is dragged: it cannot be dropped into a block. */
  carriesBlock = $state.raw(false);
  readonly #editor: NetEditor;
  readonly #onProblem: (error: unknown) => void;
  readonly #shown = new SvelteMap<string | null, DragItem[]>();

  constructor(editor: NetEditor, onProblem: (error: unknown) => void) {
    this.#editor = editor;
    this.#onProblem = onProblem;
  }

  /** Returns the list of the net (`parent` null) or of a block. */
  itemsOf(parent: string | null): DragItem[] {
    const shown = this.#shown.get(parent);
    if (shown) return shown;
    return this.#editor.rows.filter((row) => row.parent === parent).map((row) => ({ id: row.node.key, row }));
  }

  /** Starts a drag of one of the offers or of a layer. */
  pickedUp(id: string, offer?: Offer): void {
    const row = this.#editor.rows.find(({ node }) => node.key === id);
    this.carriesBlock = (row?.node.layer.type ?? offer?.type) === 'residual';
  }

  consider(parent: string | null, { items, info }: DndEvent<DragItem>): void {
    if (info.trigger === TRIGGERS.DRAG_STARTED) this.pickedUp(info.id);
    this.#shown.set(parent, items);
  }

  finalize(parent: string | null, { items, info }: DndEvent<DragItem>): void {
    if (info.trigger === TRIGGERS.DROPPED_INTO_ZONE) this.#drop(parent, items, info.id);
    this.#shown.clear();
    this.carriesBlock = false;
  }

  #drop(parent: string | null, items: readonly DragItem[], id: string): void {
    const at = items.findIndex((item) => item.id === id);
    const siblings = childrenAt(this.#editor.document.nodes, parent);
    const next = items.slice(at + 1).find((item) => item.row && item.id !== id);
    const before = next ? siblings.findIndex(({ key }) => key === next.id) : siblings.length;
    const place = { parent, index: before < 0 ? siblings.length : before };
    const offer = items[at]?.offer;
    try {
      if (offer) {
        this.#editor.add(offer.what, place);
        return;
      }
      if (!this.#editor.selection.has(id)) this.#editor.select(id);
      this.#editor.move(this.#editor.targets, place);
    } catch (error) {
      this.#onProblem(error);
    }
  }
}

export const [useLayerDrag, provideLayerDrag] = createContext<LayerDrag>();

/**
 * Used on a list of rows after `use:dndzone`: the library makes a list and its items focusable, which elements between
 * a grid and its rows must not be.
 */
export function unfocusable(list: HTMLElement): { destroy: () => void } {
  const clean = () => {
    for (const element of [list, ...list.children]) {
      if (element.hasAttribute('tabindex')) element.removeAttribute('tabindex');
    }
  };
  const observer = new MutationObserver(clean);
  observer.observe(list, { attributes: true, attributeFilter: ['tabindex'], childList: true, subtree: true });
  clean();
  return { destroy: () => observer.disconnect() };
}
