/**
 * The state that the colours and texts within a chart depend on. The window provides a function that reads theme and
 * language, and whatever draws a chart calls it in an effect, so that the chart is redrawn when one of them changes.
 */
import { createContext } from 'svelte';

export const [useAppearance, provideAppearance] = createContext<() => unknown>();
