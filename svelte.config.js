// Read by the Svelte plugin of Vite, by svelte-check and by ESLint. TypeScript in components is only stripped.
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true },
};
