/**
 * Chooses the folder that files are written to. The desktop's preload offers a native folder dialog
 * (`Bridge.chooseFolder`); a browser has none, and downloads an archive instead.
 */
import type { BridgeGlobal } from '../../shared/api/bridge.ts';

export function folderChooser(): (() => Promise<string | null>) | undefined {
  return (globalThis as BridgeGlobal).stride?.chooseFolder;
}
