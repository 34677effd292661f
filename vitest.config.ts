// Two projects: `unit`, beside the sources, and `integration`, in test/, which crosses boundaries (native addon, SQLite,
// processes, sockets). Processes, not threads: TensorFlow reads its settings once a process.
import { defineConfig } from 'vitest/config';
import { svelte } from '@sveltejs/vite-plugin-svelte';

export default defineConfig({
  plugins: [svelte()],
  test: {
    pool: 'forks',
    // Style sheets are read as they are: tests look into the colour tokens.
    css: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          maxWorkers: 2,
          // The machine may be shared, and a training step waits for a core.
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
