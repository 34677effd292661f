/** The language in which shared sentences and tables are wanted. */
import type { Language } from '../../../shared/base/languages.ts';
import { getLocale } from '../../paraglide/runtime.js';

export function language(): Language {
  return getLocale() === 'zh-CN' ? 'zh-CN' : 'en';
}
