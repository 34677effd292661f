/** Asks for a folder in the system's dialog, for the window's page (`Bridge.chooseFolder`). */
import { type BrowserWindow, dialog, ipcMain } from 'electron';
import { toChooseFolder } from '../../../shared/api/bridge.ts';
import { isOwnPage } from '../../transport/electron.ts';
import { RememberedFolder } from './rememberedFolder.ts';

export function answerFolderChoice(home: string, window: () => BrowserWindow | undefined): void {
  const folder = new RememberedFolder(home, 'export');
  ipcMain.handle(toChooseFolder, async (event): Promise<string | null> => {
    const shown = window();
    const frame = event.senderFrame;
    if (!shown || !frame || frame !== shown.webContents.mainFrame || !isOwnPage(frame.url)) return null;
    const { filePaths } = await dialog.showOpenDialog(shown, {
      defaultPath: folder.read(),
      properties: ['openDirectory', 'createDirectory'],
    });
    const [chosen = null] = filePaths;
    if (chosen !== null) folder.write(chosen);
    return chosen;
  });
}
