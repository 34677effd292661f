/**
 * What the colours and words within a chart depend on. The window provides a function that reads theme and language, and
 * whoever draws a chart calls it in an effect, so that the chart is drawn again when one of them changes.
 */
import { createContext } from 'svelte';

export const [useAppearance, provideAppearance] = createContext<() => unknown>();
