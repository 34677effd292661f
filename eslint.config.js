// Lint: typescript-eslint's type-checked rules, Svelte's, and the layer rule of docs/architecture.md (scripts/layers.mjs).
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { layerConfigs } from './scripts/layers.mjs';
import svelteConfig from './svelte.config.js';

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'out/',
      'dist/',
      '.cache/',
      'test-results/',
      'playwright-report/',
      'src/renderer/paraglide/',
      'project.inlang/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts', 'scripts/**/*.mjs'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `_` marks a parameter that a signature asks for and a function does not need.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Numbers in a message are the normal case in a lab.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
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
  { files: ['**/*.svelte'], rules: { 'no-undef': 'off' } },
  { files: ['src/renderer/**'], languageOptions: { globals: globals.browser } },
  {
    files: ['scripts/**', '*.config.{js,ts}', 'src/{main,preload}/**', 'test/**'],
    languageOptions: { globals: globals.node },
  },
  { rules: { eqeqeq: ['error', 'always', { null: 'ignore' }], 'no-console': ['error', { allow: ['error', 'warn'] }] } },
  { files: ['src/main/terminal*.ts', 'src/main/browser*.ts', 'scripts/**', 'test/**'], rules: { 'no-console': 'off' } },
  ...layerConfigs,
);
