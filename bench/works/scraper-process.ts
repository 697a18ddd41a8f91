import { get } from 'node:http'

/* scraper-process.js URL COUNT: scrapes one after another and sends the milliseconds of each. */
const [url = '', count = '1'] = process.argv.slice(2)
const times: number[] = []

function scrape(): Promise<void> {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    get(url, { headers: { accept: 'text/plain;version=0.0.4' }, timeout: 60_000 }, response => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      response.on('end', () => {
        if (response.statusCode !== 200 || bytes < 1000) reject(new Error(`${response.statusCode}, ${bytes} bytes`))
        times.push(performance.now() - started)
        resolve()
      })
    }).on('error', reject)
  })
}

for (let done = 0; done < Number(count); done++) await scrape()
process.send?.(times, () => process.exit(0))
