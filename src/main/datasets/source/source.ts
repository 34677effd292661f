/** What is imported from, a file, a folder or an archive, as a list of files; names have "/" between folders. */
import type { Readable } from 'node:stream';

export interface SourceFile {
  readonly name: string;
  readonly size: number;
  /** Where it lies on the disk as it is; null within an archive. */
  readonly path: string | null;
  open(): Promise<Readable>;
}

export interface DataSource {
  readonly path: string;
  /** In the order of their names by code unit, as torchvision sorts them; without what is no data. */
  readonly files: readonly SourceFile[];
  /** Folders that hold no file, which may be classes. */
  readonly emptyFolders: readonly string[];
  /** Files that were left out: hidden ones and what systems leave in folders. */
  readonly ignored: number;
  close(): Promise<void>;
}

const systemFiles = new Set(['thumbs.db', 'ehthumbs.db', 'desktop.ini', '__macosx', 'icon\r']);

/** Names that systems and editors leave behind, at any depth: .DS_Store, ._x, .git, __MACOSX, Thumbs.db, desktop.ini. */
export function isLeftBehind(name: string): boolean {
  return name.split('/').some((part) => part.startsWith('.') || systemFiles.has(part.toLowerCase()));
}

export function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
