/**
 * Paraglide's options for compiling the messages of resources/messages to functions, shared by the build
 * (electron.vite.config.ts) and the type check. When run as a script, it compiles them:
 *
 *     node scripts/paraglide.mjs
 *
 * The message-format plugin is the npm package named in project.inlang/settings.json, so nothing is fetched.
 */
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** @type {import('@inlang/paraglide-js').CompilerOptions} */
export const paraglide = {
  project: './project.inlang',
  outdir: './src/renderer/paraglide',
  // There is one module per language: a few files instead of one per message, which the type check and the
  // bundler process faster.
  outputStructure: 'locale-modules',
  // The window is never rendered on a server.
  isServer: 'false',
  disableAsyncLocalStorage: true,
  // src/renderer/app/preferences/locale.svelte.ts determines the language.
  strategy: ['globalVariable', 'baseLocale'],
  emitReadme: false,
};

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { compile } = await import('@inlang/paraglide-js');
  await compile(paraglide);
}
