/** The browser host's command line, for its own program and for `stride serve`. */
import { type Command, InvalidArgumentError, Option } from 'commander';

export interface BrowserOptions {
  /** Port; 0 means the one last used in this home, or a free one. */
  readonly port: number;
  readonly window: boolean;
  readonly json?: boolean;
}

export function addBrowserOptions(command: Command): Command {
  return command
    .description(
      'serve the lab on 127.0.0.1, for a window in a browser; Ctrl-C checkpoints the runs and ends',
    )
    .addOption(
      new Option('--port <number>', 'port to listen on; 0 means the one that was last used, or a free one')
        .default(0)
        .env('STRIDE_PORT')
        .argParser(parsePort),
    )
    .option('--no-window', 'do not open a window, only print the address')
    .option('--json', 'print {"type":"listening","url"} instead of a sentence');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('Give a whole number from 0 to 65535.');
  return port;
}
