/** The entries of a menu as data: a button's menu and a context menu share them. */
import type { Component } from 'svelte';

export type MenuIcon = Component<{ size?: number | string }>;

export interface MenuItem {
  readonly kind?: 'item';
  readonly label: string;
  readonly icon?: MenuIcon | undefined;
  /** Keys in tinykeys' notation, for display only. */
  readonly keys?: string | undefined;
  readonly disabled?: boolean | undefined;
  /** Marks an action that deletes something. */
  readonly danger?: boolean | undefined;
  /** Language of an entry's label, if it is a language of its own. */
  readonly lang?: string | undefined;
  readonly onSelect: () => void;
}

export type MenuEntry =
  | MenuItem
  | {
      readonly kind: 'check';
      readonly label: string;
      readonly checked: boolean;
      readonly disabled?: boolean | undefined;
      /** The menu stays open, so that several items can be set in turn. */
      readonly onChange: (checked: boolean) => void;
    }
  | {
      readonly kind: 'choice';
      readonly label: string;
      readonly value: string;
      readonly options: readonly { readonly value: string; readonly label: string; readonly lang?: string }[];
      readonly onChange: (value: string) => void;
    }
  | {
      readonly kind: 'more';
      readonly label: string;
      readonly icon?: MenuIcon | undefined;
      readonly disabled?: boolean | undefined;
      readonly entries: readonly MenuEntry[];
    }
  | { readonly kind: 'heading'; readonly label: string }
  | { readonly kind: 'line' };
