// Bundles the bot. Packages stay outside: orderscope has a file for its telemetry thread, and patches what it finds.
import { build } from 'esbuild'

await build({
  entryPoints: [new URL('bot.ts', import.meta.url).pathname],
  outfile: new URL('dist/bot.mjs', import.meta.url).pathname,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
})
