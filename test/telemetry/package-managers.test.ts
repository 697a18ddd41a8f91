import { describe, expect, it } from 'vitest'
import { isLauncher } from '../../src/telemetry/package-managers.js'

describe('processes that only start others', () => {
  it.each([
    '/usr/bin/npm',
    '/usr/lib/node_modules/npm/bin/npm-cli.js',
    '/usr/lib/node_modules/npm/bin/npx-cli.js',
    '/usr/bin/npx',
    '/app/.yarn/releases/yarn-4.5.1.cjs',
    '/usr/lib/node_modules/corepack/dist/pnpm.js',
    '/usr/bin/yarn',
    '/app/node_modules/.bin/nodemon',
    '/app/node_modules/.bin/tsx',
    '/app/node_modules/.bin/concurrently',
  ])('%s is one', script => {
    expect(isLauncher(script)).toBe(true)
  })

  it.each([undefined, '/app/bot.js', '/app/turbo.js', '/app/npm/bot.js', '/app/node_modules/.bin/bot', '-'])(
    '%s is none',
    script => {
      expect(isLauncher(script)).toBe(false)
    },
  )
})
