/** Short descriptions of layers for figures, in both languages. */
import type { Language } from '../base/languages.ts';
import { canonicalLayer } from '../code/canonical.ts';
import { type LayerField, fieldValue, fieldsOf, pairText } from '../layers/fields.ts';
import { type Layer, layerKind, slidingWindowOf } from '../layers/index.ts';
import type { PairField } from '../layers/layer.ts';

const inputWords: Readonly<Record<Language, string>> = { en: 'input', 'zh-CN': '输入' };
export const inputWord = (language: Language): string => inputWords[language];

/** Returns `conv 5×5, stride 2`: usual values are left out. */
export function layerWords(layer: Layer, language: Language): string {
  const kind = layerKind(layer);
  const name = kind.title?.(layer) ?? kind.words[language].short;
  const window = slidingWindowOf(layer);
  if (!window) return kind.detail ? `${name} ${kind.detail(layer)}` : name;
  const own = canonicalLayer(layer);
  const unusual = fieldsOf(own).filter((field) => field.name !== 'kernelSize' && isSetPair(own, field));
  return [
    `${name} ${window.kernel.join('×')}`,
    ...unusual.map(
      (field) => `${field.label[language].toLowerCase()} ${pairText(fieldValue(own, field) as PairField)}`,
    ),
  ].join(language === 'en' ? ', ' : '，');
}

const isSetPair = (layer: Layer, { kind, name }: LayerField): boolean => kind === 'pair' && name in layer;
