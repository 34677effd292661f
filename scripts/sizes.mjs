/**
 * The sizes that a file and a function may have, as an ESLint configuration: 350 lines, and 60 lines that are neither
 * blank nor comments. Tests have no limit for functions, because a group of tests is one.
 *
 * test/checks.test.ts shows that violations are reported.
 */
const longestFile = 350;
const longestFunction = 60;

/** @type {import('eslint').Linter.Config[]} */
export const sizeConfigs = [
  {
    files: ['src/**/*.{ts,svelte}', 'scripts/**/*.{ts,mjs}', 'test/**/*.ts'],
    rules: { 'max-lines': ['error', { max: longestFile }] },
  },
  {
    files: ['src/**/*.{ts,svelte}'],
    // A table of actions is one function, which gives its entries what they act on.
    ignores: ['**/*.test.ts', 'src/renderer/**/*Actions.ts'],
    rules: {
      'max-lines-per-function': [
        'error',
        { max: longestFunction, skipBlankLines: true, skipComments: true, IIFEs: true },
      ],
    },
  },
];
