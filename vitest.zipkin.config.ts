import { defineConfig } from 'vitest/config';

// Apart from `npm test`: it needs Java and the server's 135 MB, and takes a minute of its own.
export default defineConfig({
  test: {
    name: 'zipkin',
    environment: 'node',
    include: ['e2e/src/zipkin/**/*.zipkin-spec.ts'],
    globalSetup: ['e2e/src/zipkin/global-setup.ts'],
    reporters: ['default', './tools/check/src/reporter.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    passWithNoTests: false,
  },
});
