/**
 * Everything that can be done from the keyboard, in one list: the command palette finds actions in it, `?` shows its keys,
 * and one listener binds them (screens/frame/KeyBindings.svelte). A screen registers its own while it is shown:
 *
 *     useActions([{ id: 'design.duplicate', group: 'design', title: m.design_duplicate, keys: '$mod+d', run: … }]);
 */
import { onMount } from 'svelte';
import type { MenuIcon, MenuItem } from '../ui/overlay/menu.ts';
import { useApp } from './app.svelte.ts';

/** Action groups in the order in which the palette and the sheet of keys show them. */
export const actionGroups = [
  'design',
  'train',
  'watch',
  'runs',
  'compare',
  'inspect',
  'go',
  'look',
  'help',
] as const;
export type ActionGroup = (typeof actionGroups)[number];

export interface Action {
  /** The id is `area.verb`; of two actions with the same id, the one registered last counts. */
  readonly id: string;
  readonly group: ActionGroup;
  /** The title is a message function, called again when the language changes. */
  readonly title: () => string;
  /** Further search terms for the palette. */
  readonly keywords?: () => string;
  /** Keys in tinykeys' notation: `$mod+k`, `[Shift]+?`, `g r`. Of several, the first is shown. */
  readonly keys?: string | readonly string[];
  /** The keys also work while a text is being typed; otherwise the text field handles them. */
  readonly inFields?: boolean;
  /** Returns whether the action is possible now; an action without this function always is. Reactive. */
  readonly available?: () => boolean;
  /** The action exists for its keys alone: the palette does not show it. */
  readonly keysOnly?: boolean;
  readonly icon?: MenuIcon;
  /** Marks an action that deletes something. */
  readonly danger?: true;
  /** Keys that menus show in place of `keys`, because something else listens for them. */
  readonly menuKeys?: string;
  readonly run: () => void | Promise<void>;
}

export class Actions {
  #sets = $state.raw<readonly (readonly Action[])[]>([]);
  readonly #onError: (error: unknown) => void;

  readonly all: readonly Action[] = $derived([
    ...new Map(this.#sets.flat().map((action) => [action.id, action])).values(),
  ]);
  /** The actions that are possible now. */
  readonly available: readonly Action[] = $derived(this.all.filter(isAvailable));

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Returns the function that unregisters them. */
  register(actions: readonly Action[]): () => void {
    // The array is copied, so that unregistering one of two identical registrations keeps the other.
    const own = [...actions];
    this.#sets = [...this.#sets, own];
    return () => {
      this.#sets = this.#sets.filter((set) => set !== own);
    };
  }

  /** Never throws: an error is shown as a notice. */
  run(action: Action): void {
    void (async () => action.run())().catch(this.#onError);
  }
}

export function isAvailable(action: Action): boolean {
  return action.available?.() ?? true;
}

export function keysOf({ keys }: Action): readonly string[] {
  if (keys === undefined) return [];
  return typeof keys === 'string' ? [keys] : keys;
}

/** What a menu shows otherwise than the palette does, because it knows what it is opened on. */
type Shown = Partial<Pick<MenuItem, 'label' | 'icon'>>;
export type EntryOf = (id: string, shown?: Shown) => MenuItem;

/** Returns a function that makes a menu's entry of the action with an id. `run` runs an action. */
export function menuOf(actions: readonly Action[], run: (action: Action) => void): EntryOf {
  const byId = new Map(actions.map((action) => [action.id, action]));
  return (id, shown = {}) => {
    const action = byId.get(id);
    if (!action) throw new Error(`there is no action ${id}`);
    return {
      label: action.title(),
      icon: action.icon,
      keys: action.menuKeys ?? keysOf(action)[0],
      danger: action.danger,
      ...shown,
      onSelect: () => run(action),
    };
  };
}

/** Registers a component's actions for as long as it is shown. */
export function useActions(actions: readonly Action[]): void {
  const app = useApp();
  onMount(() => app.actions.register(actions));
}

const textless = ['button', 'checkbox', 'radio', 'range', 'submit', 'reset', 'color', 'file'];
const fields = [
  `input${textless.map((type) => `:not([type="${type}"])`).join('')}`,
  'textarea',
  'select',
  '[contenteditable=""]',
  '[contenteditable="true"]',
].join(', ');
/** Elements that handle keys of their own while they are open. */
const overlays =
  '[role="menu"], [role="dialog"], [role="alertdialog"], [data-select-content], [data-combobox-content]';

/** Returns whether the focused element handles the key itself, so that no action may take it. */
function belongsToFocus(event: KeyboardEvent, action: Action): boolean {
  const target = event.target as Element | null;
  // The window and the document have no ancestors.
  if (!target || !('closest' in target)) return false;
  if (action.inFields) return target.closest('[role="alertdialog"]') !== null;
  return target.closest(overlays) !== null || target.closest(fields) !== null;
}

/** Returns the action that a key runs: of those that share it, the one that was registered last and is possible now. */
export function actionFor(event: KeyboardEvent, actions: readonly Action[]): Action | undefined {
  // The key enters Chinese characters, or another handler has used it already.
  if (event.isComposing || event.defaultPrevented) return undefined;
  return actions.findLast((action) => isAvailable(action) && !belongsToFocus(event, action));
}
