import { defineConfig } from 'vitest/config'

const report = process.env.VITEST_REPORT_FILE

/** Tests against real servers that `npm run test:servers` installs. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    // those elsewhere skip what needs promtool where it is missing; here it is there
    include: ['test/servers/**/*.test.ts', 'test/**/promtool.test.ts'],
    pool: 'forks',
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
