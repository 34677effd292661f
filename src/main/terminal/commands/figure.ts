/** `stride figure`: draws a net for a report or a paper. */
import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { type FigureStyle, figureStyles, networkFigure } from '../../../shared/figure/networkFigure.ts';
import { UsageProblem } from '../../host/commandLine.ts';
import { currentLanguage, say } from '../../host/language.ts';
import { type Io, print } from '../io.ts';
import { resolveNetwork } from './networks.ts';

interface FigureOptions {
  readonly style: FigureStyle;
  readonly out?: string;
  readonly overwrite?: true;
}

export function addFigureCommand(program: Command, { io }: { readonly io: Io }): void {
  program
    .command('figure')
    .description('draw a net as SVG: a diagram of its layers, or a figure for a paper')
    .argument('<net>', "a preset or a network's JSON file")
    .addOption(new Option('--style <style>', 'style of the picture').choices(figureStyles).default('diagram'))
    .option('--out <file>', 'the file to write; without it, the picture is printed')
    .option('--overwrite', 'replace the file if it exists')
    .action(async (net: string, { style, out, overwrite }: FigureOptions) => {
      const svg = networkFigure(resolveNetwork(net).network, style, currentLanguage());
      if (out === undefined) io.stdout.write(svg);
      else {
        await written(out, svg, overwrite === true);
        print(io, out);
      }
    });
}

async function written(path: string, text: string, overwrite: boolean): Promise<void> {
  try {
    await writeFile(path, text, { flag: overwrite ? 'w' : 'wx' });
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const reason =
      code === 'EEXIST'
        ? say('the file exists already; give another name, or --overwrite')
        : say('it cannot be written ({code})', { code });
    throw new UsageProblem('terminal.figure-file', `${path}: ${reason}`, { path });
  }
}
