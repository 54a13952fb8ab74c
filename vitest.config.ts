import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,action,demo,scripts,recorder,proof,web/src}/**/*.test.ts'],
          exclude: ['**/*.integration.test.ts'],
          // Unit tests share no state but pure tables; loading the modules once for all files is three quarters of the time.
          isolate: false,
          // By default one core is left idle.
          maxWorkers: '100%',
          // Against hanging only: a busy machine makes some take ten times as long, and speed is asserted in bench/.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: [
            '{src,action,demo,recorder,proof}/**/*.integration.test.ts',
            'test/integration/**/*.test.ts',
          ],
          globalSetup: ['test/database-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'web',
          include: ['test/web/**/*.test.ts'],
          globalSetup: ['test/database-setup.ts', 'test/web/build-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // A browser keeps both cores busy.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'end-to-end',
          include: ['test/end-to-end/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
