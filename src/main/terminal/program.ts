/**
 * The terminal host's command line: commands, options and their help. Each command is in its own file,
 * written against a lab and two streams; `commandRunner.ts` opens a lab for it and closes it afterwards.
 */
import { setImmediate } from 'node:timers/promises';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { runFieldNames } from '../../shared/runQuery/fields.ts';
import { exampleOf } from '../../shared/runQuery/words.ts';
import { type BrowserOptions, addBrowserOptions } from '../browser/options.ts';
import { onBrokenOutput } from '../host/brokenOutput.ts';
import { parseCommandLine, tameCommander } from '../host/commandLine.ts';
import { exitCodes } from '../host/exitCodes.ts';
import { currentLanguage, languageOf, say, setLanguage, takeLanguage } from '../host/language.ts';
import { languages } from '../../shared/base/languages.ts';
import { localizeHelp } from '../host/localizeHelp.ts';
import { strideVersion } from '../lab/base/machine.ts';
import { addCompareCommand } from './commands/compare.ts';
import { addDatasetCommands } from './commands/datasets.ts';
import { doctor } from './commands/doctor.ts';
import { createIo } from './io.ts';
import { CommandRunner, type Terminal } from './commandRunner.ts';
import { resolveNetwork } from './commands/networks.ts';
import { addFigureCommand } from './commands/figure.ts';
import { addModelCommands } from './commands/models.ts';
import * as numbers from './reports/numbers.ts';
import { addOrganisingCommands } from './commands/organise.ts';
import { listPresets } from './commands/presets.ts';
import { recover } from './commands/recover.ts';
import { resume } from './commands/resume.ts';
import { type ListOptions, listRuns, parseSort } from './commands/runs.ts';
import { type ScriptOptions, readScript } from './scripts.ts';
import { showRun } from './commands/show.ts';
import { addSweepCommands } from './commands/sweep.ts';
import { type TrainOptions, longestName, train } from './commands/train.ts';
import { verify } from './commands/verify.ts';

/** Runs one command and returns the exit code. */
export async function runTerminal(terminal: Terminal, words: readonly string[]): Promise<number> {
  const { rest: args, wanted } = takeLanguage(words);
  setLanguage(wanted ?? languageOf(terminal.env));
  if (wanted === null) {
    terminal.stderr.write(
      `stride: ${say('--lang is one of: {languages}', { languages: languages.join(', ') })}\n`,
    );
    return exitCodes.usage;
  }
  const io = createIo(terminal.stdout, terminal.stderr, terminal.env);
  const unread = new AbortController();
  let full = false;
  onBrokenOutput(terminal.stdout, (reason) => {
    unread.abort();
    if (reason === null) return;
    full = true;
    const said = say('the output cannot be written, because its disk is full ({reason})', { reason });
    terminal.stderr.write(`stride: ${said}\n`);
  });
  onBrokenOutput(terminal.stderr, () => undefined);

  const runner = new CommandRunner(terminal, io, unread.signal);
  const program = makeProgram(terminal);
  addPresetsCommand(program, runner);
  addTrainCommand(program, runner);
  addRunsCommand(program, runner);
  addOrganisingCommands(program, runner);
  addCompareCommand(program, runner);
  addShowCommand(program, runner);
  addRecoverCommand(program, runner);
  addResumeCommand(program, runner);
  addSweepCommands(program, { io, withLab: runner.withLab, untilStopped: runner.training });
  addFigureCommand(program, runner);
  addModelCommands(program, {
    io,
    withLab: async (work) => {
      runner.code = await runner.withLab(work);
    },
  });
  addDatasetCommands(program, {
    io,
    withLab: async (work) => {
      await runner.withLab(work);
    },
    untilStopped: runner.inLabUntilStopped,
  });
  addVerifyCommand(program, runner);
  addServeCommand(program, runner, terminal);
  addDoctorCommand(program, runner, terminal);
  localizeHelp(program);
  const code = (await parseCommandLine(program, args, terminal)) ?? runner.code;
  // A stream reports what became of its last write in a later turn.
  await setImmediate();
  return full ? exitCodes.failure : code;
}

function makeProgram(terminal: Terminal): Command {
  return tameCommander(new Command('stride'), terminal)
    .description(
      'Train small convolutional nets on this machine, with the numbers of a PyTorch script, seed for seed.',
    )
    .version(strideVersion, '--version')
    .helpCommand(false)
    .option('--lang <language>', 'en or zh-CN; the language of LC_ALL or LANG if it is not given')
    .showHelpAfterError(say('(--help lists the commands and options)'))
    .addHelpText(
      'after',
      `\n${say('Exit codes: 0 done, 1 failed, 2 the command line was wrong, 130 interrupted.')}`,
    );
}

function addPresetsCommand(program: Command, runner: CommandRunner): void {
  program
    .command('presets')
    .description('list the nets that come with Stride')
    .addOption(jsonOption('the list as JSON'))
    .action((options: { json?: boolean }) => {
      listPresets(runner.io, options);
    });
}

function addTrainCommand(program: Command, runner: CommandRunner): void {
  addTrainOptions(program.command('train')).action(
    async (names: string[], options: TrainOptions & ScriptOptions) => {
      const networks = names.map((name) =>
        resolveNetwork(name, (path) => readScript(runner.io, path, options)),
      );
      await runner.training((lab, stop) => train(runner.io, lab, networks, options, stop));
    },
  );
}

function addRunsCommand(program: Command, runner: CommandRunner): void {
  program
    .command('runs')
    .description('list the runs in history, newest first')
    .argument('[filter...]', "a filter: words of their names, or fields, as in the window's list")
    .option('--archived', 'archived runs, which are not listed otherwise')
    .addOption(
      new Option('--sort <field>', 'field to sort by; with "-" before it, the largest comes first')
        .argParser(parseSort)
        .default(parseSort('-created'), '-created'),
    )
    .option('--limit <number>', 'largest number of runs to list', numbers.parseLimit, 20)
    .addOption(jsonOption('{"runs","total"} as JSON'))
    .addHelpText(
      'after',
      `\n${say('Fields: {fields}', { fields: runFieldNames.map((field) => exampleOf(field, currentLanguage())).join(' · ') })}` +
        `\n${say('Quote what the shell would read: {command}', { command: "stride runs 'accuracy > 98' net:course --sort=-accuracy" })}`,
    )
    .action((words: string[], options: ListOptions) =>
      runner.withLab((lab) => listRuns(runner.io, lab, words, options)),
    );
}

function addShowCommand(program: Command, runner: CommandRunner): void {
  program
    .command('show')
    .description('show one run: settings, machine, epochs')
    .addArgument(runArgument())
    .option('--batch-losses', 'also show the loss of every batch')
    .addOption(jsonOption('everything as one JSON object'))
    .action((run: number, options: { batchLosses?: boolean; json?: boolean }) =>
      runner.withLab((lab) => showRun(runner.io, lab, run, options)),
    );
}

function addRecoverCommand(program: Command, runner: CommandRunner): void {
  program
    .command('recover')
    .description('add runs to history whose folders exist but which it does not list')
    .argument(
      '[folder...]',
      'numbers of the folders; without any, the folders that were found are listed',
      collectRuns,
    )
    .option('--all', 'all of them')
    .addOption(jsonOption('the result as JSON'))
    .action((folders: number[] | undefined, options: { all?: boolean; json?: boolean }) =>
      runner.withLab(async (lab) => {
        runner.code = await recover(runner.io, lab, folders ?? [], options);
      }),
    );
}

function addResumeCommand(program: Command, runner: CommandRunner): void {
  program
    .command('resume')
    .description('resume a run that was stopped, paused or interrupted, from its last checkpoint')
    .addArgument(runArgument())
    .option('--previous', 'resume from the checkpoint before the last one, where the last one is damaged')
    .addOption(jsonOption('one JSON object a line, as train prints them'))
    .action((run: number, options: { json?: boolean; previous?: boolean }) =>
      runner.training((lab, stop) => resume(runner.io, lab, run, options, stop)),
    );
}

function addVerifyCommand(program: Command, runner: CommandRunner): void {
  program
    .command('verify')
    .description('compare the engine with numbers recorded from PyTorch, case by case')
    .argument('<folder>', 'folder of vector files, or one such file (see test/vectors/README.md)')
    .addOption(jsonOption('one JSON object a line: each case, then a summary'))
    .addHelpText(
      'after',
      `\n${say('A number passes if its absolute error is at most 2e-5 or its relative error at most 2e-4; an initial parameter, if its error is at most 1e-7.')}` +
        `\n${say('The exit code is 1 if a number fails, and if there is no case.')}`,
    )
    .action((path: string, options: { json?: boolean }) =>
      runner.untilStopped((stop) => verify(runner.io, path, options, stop)),
    );
}

function addServeCommand(program: Command, runner: CommandRunner, terminal: Terminal): void {
  addBrowserOptions(program.command('serve')).action(async (options: BrowserOptions) => {
    // The server's packages take a third of a second to load, which other commands should not wait for.
    const { runBrowserHost } = await import('../browser/host.ts');
    runner.code = await runBrowserHost(
      { ...terminal, createLab: () => terminal.createLab('browser') },
      options,
    );
  });
}

function addDoctorCommand(program: Command, runner: CommandRunner, terminal: Terminal): void {
  program
    .command('doctor')
    .description('check what training needs, and say how to get what is missing')
    .addOption(jsonOption('the findings as JSON'))
    .action(async (options: { json?: boolean }) => {
      runner.code = await doctor(terminal.doctor, options);
    });
}

function addTrainOptions(command: Command): Command {
  return command
    .description('train nets, one run each; several train at once and share the cores')
    .argument(
      '<network...>',
      'presets (see "stride presets"), paths of network JSON files, or of PyTorch scripts and notebooks',
    )
    .option('--epochs <number>', 'number of epochs: passes over the training images', numbers.parseEpochs)
    .option('--batch-size <number>', 'images per optimizer step', numbers.parseBatchSize)
    .option('--learning-rate <number>', "the optimizer's step size", numbers.parseLearningRate)
    .option('--momentum <number>', 'momentum of SGD, from 0 up to 1', numbers.parseMomentum)
    .option(
      '--seed <number>',
      'as in torch.manual_seed: the same initial values, the same order',
      numbers.parseSeed,
    )
    .option('--name <text>', "the run's name in history", parseName)
    .option('--dataset <id>', 'data set to train on, see "stride datasets list"', 'mnist')
    .option('--training <number>', 'which training to use, if the script has several', numbers.parseTraining)
    .option('--as-read', 'train the net of a script even if some of the script was not understood')
    .option('--one-at-a-time', 'one net after the other, each on all cores')
    .addOption(jsonOption('one JSON object a line: started, running-loss, epoch, finished'))
    .addHelpText(
      'after',
      `\n${say('Ctrl-C writes a checkpoint and ends; "stride resume" goes on from there.')}`,
    );
}

function jsonOption(description: string): Option {
  return new Option('--json', `print ${description}`);
}

function runArgument(): Argument {
  return new Argument('<run>', 'its number in "stride runs"').argParser(numbers.parseRunId);
}

function parseName(text: string): string {
  const name = text.trim();
  if (name.length < 1 || name.length > longestName)
    throw new InvalidArgumentError(say('Give 1 to {count} characters.', { count: longestName }));
  return name;
}

/** Appends a run's number; commander passes them one after another. */
function collectRuns(text: string, before: number[] | undefined): number[] {
  return [...(before ?? []), numbers.parseRunId(text)];
}
