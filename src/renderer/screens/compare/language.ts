/** The language of shared sentences and tables. */
import type { Language } from '../../../shared/base/languages.ts';
import { getLocale } from '../../paraglide/runtime.js';

export function language(): Language {
  return getLocale() === 'zh-CN' ? 'zh-CN' : 'en';
}
