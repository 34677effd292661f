/** Python's operators on known values. */
import { normalised } from '../names.ts';
import { type Value, boolean, from, list, none, number, string, truth, unknown } from '../values.ts';

/** Returns the value for comparison by value: numbers, texts, True, None, and torch's names. */
function comparable(value: Value): string | number | boolean | null | undefined {
  switch (value.kind) {
    case 'number':
    case 'string':
    case 'boolean':
      return value.value;
    case 'none':
      return null;
    case 'path': {
      const path = normalised(value.path);
      const known =
        !path.startsWith('builtins.') || /^builtins\.(int|float|str|bool|list|tuple|dict)$/.test(path);
      return known ? `path ${path}` : undefined;
    }
    default:
      return undefined;
  }
}

/** Returns null if equality is unknown. */
export function equal(left: Value, right: Value): boolean | null {
  if (left.kind === 'list' && right.kind === 'list') {
    if (left.items.length !== right.items.length) return false;
    const each = left.items.map((item, i) => equal(item, right.items[i] ?? unknown));
    if (each.includes(false)) return false;
    return each.includes(null) ? null : true;
  }
  if (left.kind === 'class' && right.kind === 'class') return left === right || left.name === right.name;
  const [a, b] = [comparable(left), comparable(right)];
  if (a !== undefined && b !== undefined) return a === b;
  const made = (value: Value) =>
    ['module', 'parameter', 'list', 'dict', 'instance', 'class', 'function'].includes(value.kind);
  // An object that was made is never None, nor a number.
  if ((a !== undefined && made(right)) || (b !== undefined && made(left))) return false;
  return null;
}

function contains(item: Value, container: Value): boolean | null {
  if (container.kind === 'string')
    return item.kind === 'string' ? container.value.includes(item.value) : null;
  if (container.kind === 'dict')
    return item.kind === 'string' || item.kind === 'number'
      ? container.entries.has(String(item.value))
      : null;
  if (container.kind !== 'list') return null;
  const each = container.items.map((other) => equal(item, other));
  if (each.includes(true)) return true;
  return each.includes(null) ? null : false;
}

function arithmetic(operator: string, a: number, b: number): Value {
  switch (operator) {
    case '+':
      return number(a + b);
    case '-':
      return number(a - b);
    case '*':
      return number(a * b);
    case '/':
      return number(a / b);
    case '//':
      return number(Math.floor(a / b));
    case '%':
      return number(a - b * Math.floor(a / b));
    case '**':
      return number(a ** b);
    case '<<':
      return number(a * 2 ** b);
    case '>>':
      return number(Math.floor(a / 2 ** b));
    case '<':
      return boolean(a < b);
    case '<=':
      return boolean(a <= b);
    case '>':
      return boolean(a > b);
    case '>=':
      return boolean(a >= b);
    default:
      return unknown;
  }
}

const longestList = 10_000;

function repeated(items: readonly Value[], times: number, isTuple: boolean | undefined): Value {
  const count = Math.max(0, times);
  if (items.length * count > longestList) return unknown;
  const all = Array.from({ length: count }, () => items).flat();
  return { ...list(all), ...(isTuple ? { tuple: true } : {}) };
}

/** Returns an unknown value if Python's result depends on something unknown. */
export function binary(operator: string, left: Value, right: Value): Value {
  return from(known(operator, left, right), left, right);
}

const asNumber = (value: Value): number | null =>
  value.kind === 'number' ? value.value : value.kind === 'boolean' ? Number(value.value) : null;

function known(operator: string, left: Value, right: Value): Value {
  const maybe = (value: boolean | null, turned = false): Value =>
    value === null ? unknown : boolean(value !== turned);
  switch (operator) {
    case '==':
    case 'is':
      return maybe(equal(left, right));
    case '!=':
    case 'is not':
      return maybe(equal(left, right), true);
    case 'in':
      return maybe(contains(left, right));
    case 'not in':
      return maybe(contains(left, right), true);
    default:
  }
  const [a, b] = [asNumber(left), asNumber(right)];
  if (a !== null && b !== null) return arithmetic(operator, a, b);
  if (operator === '+' && left.kind === 'list' && right.kind === 'list')
    return { kind: 'list', items: [...left.items, ...right.items], ...(left.tuple ? { tuple: true } : {}) };
  if (operator === '*' && left.kind === 'list' && b !== null) return repeated(left.items, b, left.tuple);
  if (operator === '*' && right.kind === 'list' && a !== null) return repeated(right.items, a, right.tuple);
  if (operator === '+' && left.kind === 'string' && right.kind === 'string')
    return string(left.value + right.value);
  if (operator === '%' && left.kind === 'string') return formatted(left.value, right);
  if (operator === '|' && left.kind === 'dict' && right.kind === 'dict')
    return { kind: 'dict', entries: new Map([...left.entries, ...right.entries]) };
  return unknown;
}

/** Returns the text that stands for the value in a name; null if it is unknown. */
export function textOfValue(value: Value): string | null {
  switch (value.kind) {
    case 'string':
      return value.value;
    case 'number':
      return String(value.value);
    case 'boolean':
      return value.value ? 'True' : 'False';
    default:
      return null;
  }
}

/** Evaluates `'conv%d' % 3`. */
function formatted(format: string, given: Value): Value {
  const values = given.kind === 'list' ? [...given.items] : [given];
  let readable = true;
  const text = format.replace(/%[\d.]*[dsi]/g, () => {
    const value = textOfValue(values.shift() ?? none);
    if (value === null) readable = false;
    return value ?? '';
  });
  return readable && !text.includes('%') ? string(text) : unknown;
}

/** `and` and `or` return one of their operands. */
export function logical(operator: string, left: Value, right: () => Value): Value {
  const holds = truth(left);
  if (holds === null) {
    const other = truth(right());
    // `unknown and False` is false, whatever the first operand is.
    if (other === (operator === 'or')) return boolean(other);
    return from(unknown, left);
  }
  return holds === (operator === 'and') ? from(right(), left) : left;
}
