/**
 * A source of an import, a file, a folder or an archive, as a list of files; names have "/" between folders.
 */
import type { Readable } from 'node:stream';

export interface SourceFile {
  readonly name: string;
  readonly size: number;
  /** Path on the disk; null within an archive. */
  readonly path: string | null;
  open(): Promise<Readable>;
}

export interface DataSource {
  readonly path: string;
  /**
   * Files in the order of their names by code unit, as torchvision sorts them, without those that are not
   * data.
   */
  readonly files: readonly SourceFile[];
  /** Folders without files, which may be classes. */
  readonly emptyFolders: readonly string[];
  /** Number of files left out: hidden ones and those that systems leave in folders. */
  readonly ignored: number;
  close(): Promise<void>;
}

const systemFiles = new Set(['thumbs.db', 'ehthumbs.db', 'desktop.ini', '__macosx', 'icon\r']);

/**
 * Returns whether a name is one that systems and editors leave behind, at any depth: .DS_Store, ._x, .git,
 * __MACOSX, Thumbs.db, desktop.ini.
 */
export function isLeftBehind(name: string): boolean {
  return name.split('/').some((part) => part.startsWith('.') || systemFiles.has(part.toLowerCase()));
}

export function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
