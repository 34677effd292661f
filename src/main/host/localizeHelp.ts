/**
 * Translates a command line's help into the language of this process: commander's own words and the commands'
 * descriptions.
 */
import type { Command, Help } from 'commander';
import { say } from './language.ts';

/** Translates the help. It must be called after all commands have been added. */
export function localizeHelp(program: Command): void {
  for (const command of [program, ...program.commands.flatMap((each) => [each, ...each.commands])]) {
    command.description(say(command.description()));
    command.configureHelp({ styleTitle: (title) => say(title), optionDescription, argumentDescription });
    const help = command.options.find(({ long }) => long === '--help');
    if (help) help.description = say(help.description);
    if (command.commands.length > 0) command.helpCommand(false);
    command.helpOption('-h, --help', say('display help for command'));
  }
}

type Described<N extends 'optionDescription' | 'argumentDescription'> = Parameters<Help[N]>[0];

function optionDescription(option: Described<'optionDescription'>): string {
  const { argChoices, defaultValue, defaultValueDescription, envVar } = option;
  const shown = defaultValueDescription ?? (typeof defaultValue === 'boolean' ? undefined : defaultValue);
  const extra = [
    ...(argChoices ? [say('choices: {values}', { values: argChoices.join(', ') })] : []),
    ...(shown === undefined ? [] : [say('default: {value}', { value: JSON.stringify(shown) })]),
    ...(envVar === undefined ? [] : [say('environment: {name}', { name: envVar })]),
  ];
  const text = say(option.description);
  return extra.length > 0 ? `${text} (${extra.join(', ')})` : text;
}

function argumentDescription(argument: Described<'argumentDescription'>): string {
  return say(argument.description);
}
