/** Reads `argparse`: the options' values if none is given on the command line. */
import type { SyntaxNode } from '@lezer/common';
import { type Reading, place } from '../reading.ts';
import { plain } from './script.ts';
import { type CallArguments, type Instance, type Value, boolean, none, unknown } from '../values.ts';

/** Reads methods of a parser. Its options are its attributes. */
export function parserMethod(
  reading: Reading,
  node: SyntaxNode,
  of: Value,
  { attributes }: Instance,
  name: string,
  call: CallArguments,
): Value {
  switch (name) {
    case 'add_argument':
      addOption(reading, node, attributes, call);
      return unknown;
    case 'add_argument_group':
    case 'add_mutually_exclusive_group':
    case 'add_subparsers':
    case 'add_parser':
      return of;
    case 'set_defaults':
      for (const [option, value] of call.named) attributes.set(option, value);
      return none;
    case 'parse_args':
    case 'parse_known_args': {
      const options: Value = {
        kind: 'instance',
        instance: { definition: null, type: 'namespace', attributes: new Map(attributes) },
      };
      return name === 'parse_args' ? options : { kind: 'list', items: [options, unknown], tuple: true };
    }
    default:
      return unknown;
  }
}

function addOption(
  reading: Reading,
  node: SyntaxNode,
  attributes: Map<string, Value>,
  { positional, named }: CallArguments,
): void {
  const names = positional.flatMap((value) => (value.kind === 'string' ? [value.value] : []));
  const long = names.find((each) => each.startsWith('--')) ?? names[0];
  const destination = named.get('dest');
  if (long === undefined) return;
  const name =
    destination?.kind === 'string' ? destination.value : long.replace(/^-+/, '').replaceAll('-', '_');
  const origin = { kind: 'argparse', what: long, place: place(reading, node) } as const;
  const value = defaultOf(long, named);
  reading.script.options.set(long, plain(value));
  attributes.set(name, { ...value, origin });
}

function defaultOf(long: string, named: ReadonlyMap<string, Value>): Value {
  const given = named.get('default');
  const action = named.get('action');
  if (given) {
    const type = named.get('type');
    const numeric = type?.kind === 'path' && /builtins\.(int|float)$/.test(type.path);
    if (given.kind === 'string' && numeric && given.value.trim() !== '' && !Number.isNaN(Number(given.value)))
      return { kind: 'number', value: Number(given.value) };
    return given;
  }
  if (action?.kind === 'string' && action.value === 'store_true') return boolean(false);
  if (action?.kind === 'string' && action.value === 'store_false') return boolean(true);
  const required = named.get('required');
  if (!long.startsWith('-') || (required?.kind === 'boolean' && required.value)) return unknown;
  return none;
}
