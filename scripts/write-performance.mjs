// npm run bench --silent -- --json > figures.json && node scripts/write-performance.mjs figures.json
// Puts what was measured into docs/performance.md, between its two marks.
import { readFileSync, writeFileSync } from 'node:fs'

const page = new URL('../docs/performance.md', import.meta.url)
const { machine, node, rows } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const shown = value => (value === null ? '' : value.toLocaleString('en', { maximumFractionDigits: 3 }))
const lines = rows.map(({ work, peer, ours, theirs, unit, ratio, goal, met }) => {
  const cells = [work, peer, `${shown(ours)} ${unit}`, theirs === null ? '' : `${shown(theirs)} ${unit}`]
  return `| ${[...cells, ratio === null ? '' : `${shown(ratio)} ×`, goal ?? '', goal === undefined ? '' : met ? 'met' : '**no**'].join(' | ')} |`
})
const table = [
  `${machine}; Node ${node}`,
  '',
  '| work | peer | ours | theirs | ratio | goal | |',
  '| --- | --- | ---: | ---: | ---: | --- | --- |',
  ...lines,
]
const BEGIN = '<!-- figures -->\n'
const END = '<!-- end of figures -->'
const text = readFileSync(page, 'utf8')
const head = text.slice(0, text.indexOf(BEGIN) + BEGIN.length)
writeFileSync(page, `${head}\n${table.join('\n')}\n\n${text.slice(text.indexOf(END))}`)
