// Lint: typescript-eslint's type-checked rules, Svelte's, the layer rule of docs/architecture.md (scripts/layers.mjs), and
// how long files and functions may be (scripts/sizes.mjs).
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { layerConfigs } from './scripts/layers.mjs';
import { sizeConfigs } from './scripts/sizes.mjs';
import svelteConfig from './svelte.config.js';

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'out/',
      'dist/',
      '.cache/',
      '.svelte-check/',
      'test-results/',
      'playwright-report/',
      'src/renderer/paraglide/',
      'project.inlang/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts', 'scripts/**/*.mjs'],
    extends: [tseslint.configs.recommended],
    rules: {
      // `_` marks a parameter that a signature asks for and a function does not need.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // tsc knows names.
      'no-undef': 'off',
    },
  },
  {
    // Rules that ask for types cost the most time by far. Tests and scripts do without them: a forgotten await shows when
    // they run.
    files: ['src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    extends: [tseslint.configs.recommendedTypeCheckedOnly],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Numbers in a message are the normal case in a lab.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // A type that does not resolve is tsc's to report, once; these would add a line for every use of it.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      // An async function may satisfy an interface without awaiting anything yet.
      '@typescript-eslint/require-await': 'off',
    },
  },
  // Components are checked by svelte-check; here by the rules that need no types, which keeps this fast.
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { parser: tseslint.parser, svelteConfig },
    },
  },
  {
    files: ['**/*.svelte'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      // svelte-check knows names and types; the plain rules misread type annotations.
      'no-undef': 'off',
      'no-unused-vars': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  { files: ['src/renderer/**'], languageOptions: { globals: globals.browser } },
  {
    files: ['scripts/**', '*.config.{js,ts}', 'src/{main,preload}/**', 'test/**'],
    languageOptions: { globals: globals.node },
  },
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': ['error', { allow: ['error', 'warn'] }],
      // Constants keep the digits of their source.
      'no-loss-of-precision': 'off',
      // State classes hold plain collections on purpose, where nothing is drawn from them.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['src/main/terminal*.ts', 'src/main/browser*.ts', 'scripts/**', 'test/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/e2e/**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@playwright/test',
              allowTypeImports: true,
              message: 'In Electron the page is its window: import test and expect from ./host.ts.',
            },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.property.name=/^(click|dblclick|check|uncheck|setChecked|tap)$/]:not([callee.object.property.name='mouse'])",
          message: 'Press where a person would: press(target) and tick(target, on) of ./press.ts.',
        },
      ],
    },
  },
  ...layerConfigs,
  ...sizeConfigs,
);
