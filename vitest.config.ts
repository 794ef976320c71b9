import { configDefaults, defineConfig } from 'vitest/config';

const node = {
  environment: 'node',
  testTimeout: 60_000,
  hookTimeout: 60_000,
  setupFiles: ['e2e/src/support/lint-every-span.ts'],
} as const;

/**
 * Scenarios that want the machine for themselves: they start the whole deployment and compare its times, build
 * or pack the workspace, or look for what a run has left behind.
 */
const alone = [
  'e2e/src/{nothing-left,trace-link,golden-tree,copyable}.e2e-spec.ts',
  'e2e/src/packed*.e2e-spec.ts',
  'e2e/src/acceptance/nest/builds.e2e-spec.ts',
  'e2e/src/instrumentation/untraced*.e2e-spec.ts',
];

/**
 * They mock a module, or have state of the process: what has been warned of, the tracer provider, the woven
 * object. Files that share a worker would see that.
 */
const apart = [
  'libs/{tracing,instrumentation,agent}/src/**/*.spec.ts',
  'apps/trace-viewer/src/rabbit/rabbit-collector.spec.ts',
];

const e2e = {
  ...node,
  globalSetup: ['e2e/src/support/global-setup.ts', 'e2e/src/support/build-once.ts'],
  testTimeout: 120_000,
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
            {
              page: 'docs/reference/instrumentation-acceptance.md',
              folders: [
                'libs/instrumentation/',
                'libs/agent/',
                'libs/tracing/',
                'apps/instr-server/',
                'e2e/',
              ],
              letters: 'I',
            },
          ],
        },
      ],
    ],
    projects: [
      {
        test: {
          ...node,
          name: 'unit',
          // Loading NestJS anew for each file took half of the processor's time.
          isolate: false,
          // Some wait for brokers and processes, and keep no core busy.
          maxWorkers: 4,
          exclude: [...configDefaults.exclude, ...apart],
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
          name: 'unit-apart',
          maxWorkers: 4,
          include: apart,
        },
      },
      {
        test: {
          ...e2e,
          name: 'e2e',
          include: ['e2e/src/**/*.e2e-spec.ts'],
          exclude: alone,
          // They mostly wait: for brokers, processes and pages.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...e2e,
          name: 'e2e-alone',
          include: alone,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
