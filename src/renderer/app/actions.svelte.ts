/**
 * Everything that can be done from the keyboard, in one list: the command palette finds actions in it, `?` shows its keys,
 * and one listener binds them (screens/frame/KeyBindings.svelte). A screen registers its own while it is shown:
 *
 *     useActions([{ id: 'design.duplicate', group: 'design', title: m.design_duplicate, keys: '$mod+d', run: … }]);
 */
import { onMount } from 'svelte';
import { useApp } from './app.svelte.ts';

/** In the order in which the palette and the sheet of keys show them. */
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
  /** `area.verb`; of two with the same id, the one registered last counts. */
  readonly id: string;
  readonly group: ActionGroup;
  /** A message: asked for anew when the language changes. */
  readonly title: () => string;
  /** Other words by which it is found. */
  readonly keywords?: () => string;
  /** In tinykeys' notation: `$mod+k`, `[Shift]+?`, `g r`. Of several, the first is shown. */
  readonly keys?: string | readonly string[];
  /** The keys work while a text is being typed, too. Otherwise they are the text's. */
  readonly inFields?: boolean;
  /** Whether it can be done now; always, where nothing is said. Reactive. */
  readonly available?: () => boolean;
  /** For its keys alone: the palette does not show it. */
  readonly keysOnly?: boolean;
  readonly run: () => void | Promise<void>;
}

export class Actions {
  #sets = $state.raw<readonly (readonly Action[])[]>([]);
  readonly #onError: (error: unknown) => void;

  readonly all: readonly Action[] = $derived([
    ...new Map(this.#sets.flat().map((action) => [action.id, action])).values(),
  ]);
  /** What can be done now. */
  readonly available: readonly Action[] = $derived(this.all.filter(isAvailable));

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Gives the function that takes them away again. */
  register(actions: readonly Action[]): () => void {
    // An array of its own, so that the same one registered twice is taken away once.
    const own = [...actions];
    this.#sets = [...this.#sets, own];
    return () => {
      this.#sets = this.#sets.filter((set) => set !== own);
    };
  }

  /** Never throws: what goes wrong is shown. */
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
/** What has keys of its own while it is open. */
const overlays =
  '[role="menu"], [role="dialog"], [role="alertdialog"], [data-select-content], [data-combobox-content]';

/** Whether a key is for what has the focus, and not for an action. */
function belongsToFocus(event: KeyboardEvent, action: Action): boolean {
  const target = event.target as Element | null;
  // The window and the document have no ancestors.
  if (!target || !('closest' in target)) return false;
  if (action.inFields) return target.closest('[role="alertdialog"]') !== null;
  return target.closest(overlays) !== null || target.closest(fields) !== null;
}

/** Of actions that share a key, the one that was registered last and can be done now. */
export function actionFor(event: KeyboardEvent, actions: readonly Action[]): Action | undefined {
  // A key that enters Chinese characters, and one that something on the page has used already.
  if (event.isComposing || event.defaultPrevented) return undefined;
  return actions.findLast((action) => isAvailable(action) && !belongsToFocus(event, action));
}
