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
          // Limits are for what hangs: a slow machine that is busy takes many times what a quick one does.
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          maxWorkers: 2,
          // Runs that must be equal to the bit have the same kernels, and no measurement chooses between them.
          env: { STRIDE_KERNELS: 'stride' },
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
