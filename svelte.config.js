// Read by the Svelte plugin of Vite, by svelte-check and by ESLint. TypeScript in components is only stripped.
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/**
 * A style attribute that stands in a template is refused by the page's policy (host/pagePolicy.ts), also in a library's
 * components. The same as a class (ui/base.css) is not.
 * @type {import('svelte/compiler').PreprocessorGroup}
 */
const styleAttributes = {
  name: 'style-attributes',
  markup: ({ content, filename }) => {
    if (!filename?.includes('/bits-ui/')) return undefined;
    return { code: content.replaceAll(' style="display: contents;"', ' class="contents"') };
  },
};

export default {
  preprocess: [styleAttributes, vitePreprocess()],
  compilerOptions: { runes: true },
};
