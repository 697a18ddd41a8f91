import { configDefaults, defineConfig } from 'vitest/config'

// Settings of the shell in which the tests run must not reach what they test.
for (const name of Object.keys(process.env)) {
  if (name.startsWith('OTEL_') || name.startsWith('ORDERSCOPE_')) delete process.env[name]
}

/** Where a machine reads the results: set by .ci/run. */
const report = process.env.VITEST_REPORT_FILE

/**
 * One file at a time: tests of how long a program takes to end or to notice; and of `top`, which asks every port of
 * every Node process whether orderscope is there.
 */
const alone = ['test/process/{endings,exit,hang,places,thread}.test.ts', 'test/cli/top.test.ts']

/** Tests that spawn programs: they wait for processes, so they have more time, and there is one for each processor. */
const spawning = [
  'test/process/**/*.test.ts',
  'test/package/**/*.test.ts',
  'test/examples/**/*.test.ts',
  'test/cli/doctor.test.ts',
]

export default defineConfig({
  test: {
    pool: 'forks',
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          // those of test/servers install Debian packages: `npm run test:servers`; those of test/e2e want `npm run e2e`
          exclude: [...configDefaults.exclude, ...spawning, ...alone, 'test/servers/**', 'test/e2e/**'],
          testTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'programs',
          include: spawning,
          exclude: [...configDefaults.exclude, ...alone],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'programs alone',
          include: alone,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          // `npm run test:types` turns them on; sources are checked by tsc itself
          typecheck: {
            enabled: process.argv.includes('--typecheck.only'),
            include: ['test/**/*.test-d.ts'],
            tsconfig: './tsconfig.json',
            ignoreSourceErrors: true,
          },
        },
      },
    ],
  },
})
