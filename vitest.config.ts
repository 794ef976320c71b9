import { defineConfig } from 'vitest/config';

const node = {
  environment: 'node',
  testTimeout: 30_000,
  hookTimeout: 60_000,
  setupFiles: ['e2e/src/support/lint-every-span.ts'],
} as const;

export default defineConfig({
  test: {
    reporters: [
      'default',
      [
        './tools/check/src/reporter.ts',
        {
          acceptance: [
            { page: 'docs/reference/acceptance.md', folders: ['e2e/'] },
            { page: 'docs/reference/zpages-acceptance.md', folders: ['libs/zpages/', 'e2e/'], letters: 'TN' },
          ],
        },
      ],
    ],
    projects: [
      {
        test: {
          ...node,
          name: 'unit',
          include: [
            'libs/**/src/**/*.spec.ts',
            'apps/**/src/**/*.spec.ts',
            'tools/**/src/**/*.spec.ts',
            'bench/src/**/*.spec.ts',
            'examples/**/src/**/*.spec.ts',
          ],
        },
      },
      {
        test: {
          ...node,
          name: 'e2e',
          include: ['e2e/src/**/*.e2e-spec.ts'],
          globalSetup: ['e2e/src/support/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
        },
      },
    ],
  },
});
