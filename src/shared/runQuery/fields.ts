/**
 * The fields by which runs can be filtered, sorted and grouped: the parser, the completions, history's SQL and the
 * window's columns all use this table.
 */
import { runStatuses } from '../runs/runs.ts';

/**
 * The notation of a field's values. `text`: `:` matches a part of it. `word`: `:` matches the whole. `share`: percent;
 * a number up to 1 is read as a proportion (0.98 is 98 %). `count`: k and M are accepted. `duration`: seconds, or 90s,
 * 2m, 1h, 1:30. `date`: a day, a month, a year, today, or how long ago (7d).
 */
export type FieldKind =
  'text' | 'word' | 'status' | 'number' | 'count' | 'share' | 'duration' | 'date' | 'flag';

interface FieldRule {
  readonly kind: FieldKind;
  /** Other accepted names. */
  readonly aliases: readonly string[];
  /** An example of its use, for errors and completions. */
  readonly example: string;
  /** True if a run may lack the value, which the filter calls `none`. */
  readonly none?: true;
}

export const runFields = {
  name: { kind: 'text', aliases: ['名称', '训练'], example: 'name:baseline' },
  net: { kind: 'text', aliases: ['network', '网络'], example: 'net:course' },
  note: { kind: 'text', aliases: ['notes', '备注'], example: 'note:"try again"', none: true },
  tag: { kind: 'word', aliases: ['tags', '标签'], example: 'tag:homework', none: true },
  status: { kind: 'status', aliases: ['state', 'is', '状态'], example: 'status:finished' },
  dataset: { kind: 'word', aliases: ['data', 'data set', '数据集'], example: 'dataset:mnist' },
  optimizer: { kind: 'word', aliases: ['optimiser', '优化器'], example: 'optimizer:adam' },
  accuracy: {
    kind: 'share',
    aliases: ['best', 'acc', 'best accuracy', '准确率', '最佳准确率', '最佳'],
    example: 'accuracy > 98',
    none: true,
  },
  last: {
    kind: 'share',
    aliases: ['last accuracy', '最新准确率', '最新', '最后'],
    example: 'last >= 97.5',
    none: true,
  },
  loss: { kind: 'number', aliases: ['test loss', '测试损失', '损失'], example: 'loss < 0.05', none: true },
  parameters: { kind: 'count', aliases: ['params', '参数量'], example: 'parameters < 10k' },
  epochs: { kind: 'count', aliases: ['epoch', '轮数'], example: 'epochs >= 10' },
  time: { kind: 'duration', aliases: ['seconds', 'duration', '用时', '时间'], example: 'time < 2m' },
  lr: {
    kind: 'number',
    aliases: ['learning rate', 'learningrate', 'learning_rate', '学习率'],
    example: 'lr = 0.01',
  },
  batch: { kind: 'count', aliases: ['batch size', 'batchsize', 'batch_size', '批大小'], example: 'batch:64' },
  seed: { kind: 'number', aliases: ['随机种子', '种子'], example: 'seed:0' },
  created: {
    kind: 'date',
    aliases: ['when', 'date', 'made', '创建时间', '创建', '日期'],
    example: 'created >= today',
  },
  sweep: { kind: 'number', aliases: ['参数搜索', '扫描'], example: 'sweep:3', none: true },
  id: { kind: 'number', aliases: ['run', '编号'], example: 'id:12' },
  archived: { kind: 'flag', aliases: ['archive', '已归档', '归档'], example: 'archived:yes' },
  deleted: { kind: 'flag', aliases: ['trash', '已删除'], example: 'deleted:yes' },
} as const satisfies Record<string, FieldRule>;

export type RunField = keyof typeof runFields;
export const runFieldNames = Object.keys(runFields) as RunField[];

type FieldsOf<K extends FieldKind> = {
  [F in RunField]: (typeof runFields)[F]['kind'] extends K ? F : never;
}[RunField];
export type TextFieldName = FieldsOf<'text' | 'word' | 'status'>;
export type NumberFieldName = FieldsOf<'number' | 'count' | 'share' | 'duration'>;
export type DateFieldName = FieldsOf<'date'>;
export type FlagFieldName = FieldsOf<'flag'>;

export function ruleOf(field: RunField): FieldRule {
  return runFields[field];
}

/** Finds a field by its name or alias, ignoring case. */
export function findField(name: string): RunField | undefined {
  const lower = name.toLowerCase();
  return runFieldNames.find((field) => field === lower || ruleOf(field).aliases.includes(lower));
}

/** Names of several words, which are headings of the table's columns: longest first. */
export const spacedNames: readonly string[] = runFieldNames
  .flatMap((field) => ruleOf(field).aliases.filter((alias) => alias.includes(' ')))
  .sort((a, b) => b.length - a.length);

/** Values after a status's or an optimizer's colon. */
export const statusNames: readonly string[] = runStatuses;
export const optimizerNames = ['sgd', 'adam', 'adamW', 'rmsProp', 'adagrad'] as const;

/** Fields by which runs can be sorted. Runs without a value come last in both directions. */
export const sortFields = [
  'created',
  'name',
  'net',
  'status',
  'dataset',
  'accuracy',
  'last',
  'loss',
  'parameters',
  'epochs',
  'time',
  'seed',
  'optimizer',
  'lr',
  'batch',
  'tag',
  'note',
  'sweep',
] as const satisfies readonly RunField[];
export type SortField = (typeof sortFields)[number];

/** Fields by which runs can be grouped. A run with several tags is in the group of each of them. */
export const groupFields = [
  'net',
  'optimizer',
  'lr',
  'batch',
  'seed',
  'status',
  'tag',
  'dataset',
  'day',
  'sweep',
] as const;
export type GroupField = (typeof groupFields)[number];
