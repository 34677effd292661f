/**
 * The project's own tools, each as the arguments for Node: their scripts, not node_modules/.bin, whose files
 * are shell scripts on Windows and would run under whichever Node is first on the PATH.
 */
const TOOLS = {
  tsc: 'typescript/bin/tsc',
  'svelte-check': 'svelte-check/bin/svelte-check',
  eslint: 'eslint/bin/eslint.js',
  prettier: 'prettier/bin/prettier.cjs',
  vitest: 'vitest/vitest.mjs',
  knip: 'knip/bin/knip.js',
  playwright: '@playwright/test/cli.js',
};

/**
 * @param {import('./context.mjs').Context} context
 * @param {keyof typeof TOOLS} name
 */
export function tool(context, name) {
  return context.at('node_modules', ...TOOLS[name].split('/'));
}
