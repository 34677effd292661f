/** The desktop program's answers on its command line, given instead of opening its window. */
import { strideVersion } from '../lab/base/machine.ts';

const help = `Usage: stride [options] [file...]

Opens the lab in a window. Where it is open already, its window comes to the front and takes the files.

A file is a network's JSON or a PyTorch script.

  --version    print the version
  --help       print this

STRIDE_HOME names the folder of runs and networks. The terminal host has the commands: npm run stride -- --help
`;

/** Returns undefined if the window is to be opened. */
export function answerTo(args: readonly string[]): string | undefined {
  if (args.includes('--version')) return `${strideVersion}\n`;
  return args.includes('--help') ? help : undefined;
}
