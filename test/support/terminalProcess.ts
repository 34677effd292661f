/** The terminal host in a process of its own, over a lab with the fake worker: `terminalProcess.ts <home> <command...>`. */
import { openDataset } from '../../src/main/datasets/index.ts';
import { runTerminal } from '../../src/main/terminal/program.ts';
import { openLab } from './lab.ts';

const [home = '', ...command] = process.argv.slice(2);
process.exitCode = await runTerminal(
  {
    stdout: process.stdout,
    stderr: process.stderr,
    env: {},
    platform: process.platform,
    signals: process,
    kill: () => process.exit(130),
    loadAhead: () => undefined,
    createLab: () => openLab(home, { openDataset }),
    renderer: '',
    doctor: '',
  },
  command,
);
