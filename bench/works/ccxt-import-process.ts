/* How long `import 'ccxt'` takes; the preload's own start is over. */
await new Promise(resolve => setTimeout(resolve, 500))
const started = performance.now()
await import('ccxt')
console.log(JSON.stringify({ milliseconds: performance.now() - started }))
process.exit(0)
