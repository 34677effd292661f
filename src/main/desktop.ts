/**
 * The desktop host. This file only connects the parts in `desktop/`; only those, the preload and
 * `transport/electron.ts` import `electron`.
 *
 * For packaging, Electron's fuses: RunAsNode, EnableNodeOptionsEnvironmentVariable,
 * EnableNodeCliInspectArguments and GrantFileProtocolExtraPrivileges off,
 * EnableEmbeddedAsarIntegrityValidation and OnlyLoadAppFromAsar on. Training needs none of the disabled ones
 * (its workers are threads); Playwright needs the inspect fuse on in the build that it tests.
 */
import { fileURLToPath } from 'node:url';
import { inUtilityProcess } from './desktop/estimateProcess.ts';
import { startDesktop } from './desktop/start.ts';
import importerPath from './datasets/import/importThread?modulePath';
import workerPath from './engine/worker?modulePath';
import { resolveHome } from './lab/base/home.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const home = resolveHome();

startDesktop({
  home,
  createLab: async (guard) => {
    // The lab is most of the program. It is loaded while the page loads its own scripts.
    const { createLab } = await import('./lab/lab.ts');
    return createLab(
      { home, host: 'desktop', workerPath, importerPath },
      { findTrainingProblem: () => guard.findProblem(), startProcess: inUtilityProcess },
    );
  },
  renderer: here('../renderer'),
  preload: here('../preload/preload.cjs'),
  platform: process.platform,
  icon: here('./tray.png'),
  signals: process,
  args: process.argv,
});
