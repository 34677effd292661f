// How the program is built: three hosts and their worker as ES modules, the preload as CommonJS, and the window.
// Dependencies stay outside the bundle (they hold native code); `npm run build` calls this through scripts/build.mjs.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'electron-vite';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { paraglide } from './scripts/paraglide.mjs';

export default defineConfig({
  main: {
    build: {
      // Loaded as one module of what is used: as a package it is a hundred files, which every start would read.
      externalizeDeps: { exclude: ['zod'] },
      // One input a host. A training worker is no input: hosts import it as './engine/worker?modulePath'.
      rollupOptions: {
        input: {
          desktop: 'src/main/desktop.ts',
          browser: 'src/main/browser.ts',
          terminal: 'src/main/terminal.ts',
        },
        output: { format: 'es' },
      },
    },
    plugins: [
      {
        name: 'tray-icon',
        generateBundle() {
          const icon = new URL('./resources/package/icons/32x32.png', import.meta.url);
          this.emitFile({ type: 'asset', fileName: 'tray.png', source: readFileSync(icon) });
        },
      },
    ],
  },
  preload: {
    build: {
      // A sandboxed preload cannot be an ES module, and cannot require anything but electron: all it uses is bundled.
      externalizeDeps: false,
      rollupOptions: {
        input: { preload: 'src/preload/preload.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    build: {
      // A third of the bytes, which the window has to read before it can show anything.
      minify: true,
      rollupOptions: { input: 'src/renderer/index.html' },
    },
    // The plugin looks for its configuration below the renderer's root.
    plugins: [
      svelte({ configFile: fileURLToPath(new URL('./svelte.config.js', import.meta.url)) }),
      paraglideVitePlugin(paraglide),
    ],
  },
});
