import { basename } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const report = process.env.VITEST_REPORT_FILE

/**
 * Two files run at a time, since most of them wait for programs: the longest first, and no two that start a whole stack
 * at the same moment. Files that aren't named here come last.
 */
const ORDER = ['faults', 'collector', 'desk', 'collector-jaeger', 'configs', 'scale-out', 'three-ways']

class Ordered extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = ORDER.indexOf(basename(moduleId, '.test.ts'))
      return at === -1 ? ORDER.length : at
    }
    return files.toSorted((one, other) => place(one) - place(other))
  }
}

/** Tests against the whole stack of docker-compose.yml, from binaries that `npm run stack:install` builds. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/e2e/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: Ordered },
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
})
