import { defineConfig } from 'vitest/config'

const report = process.env.VITEST_REPORT_FILE

/** Tests against the whole stack of docker-compose.yml, from binaries that `npm run stack:install` builds. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/e2e/**/*.test.ts'],
    pool: 'forks',
    // one stack at a time: each of them wants a whole machine
    fileParallelism: false,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
})
