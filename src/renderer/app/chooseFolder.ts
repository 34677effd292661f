/**
 * Where files are written. The desktop's preload offers its own dialog for folders (`Bridge.chooseFolder`); a browser has
 * none, and is given an archive to download.
 */
import type { BridgeGlobal } from '../../shared/api/bridge.ts';

export function folderChooser(): (() => Promise<string | null>) | undefined {
  return (globalThis as BridgeGlobal).stride?.chooseFolder;
}
