/** The choices of language and theme for the settings and the welcome page. */
import { m } from '../../paraglide/messages.js';
import type { Theme } from './theme.svelte.ts';

/** A language's name is written in that language. */
export const languageOptions = () =>
  [
    { value: 'system', label: m.language_system() },
    { value: 'en', label: 'English', lang: 'en' },
    { value: 'zh-CN', label: '简体中文', lang: 'zh-CN' },
  ] as const;

export const themeLabels: Record<Theme, () => string> = {
  system: m.theme_system,
  light: m.theme_light,
  dark: m.theme_dark,
};
