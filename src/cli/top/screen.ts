const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'
const HOME = '\u001b[H'
const END_OF_LINE = '\u001b[K'
const END_OF_SCREEN = '\u001b[J'
const CTRL_C = '\u0003'
const CTRL_Z = '\u001a'

/** A terminal that is drawn on. */
export interface TerminalStreams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
}

/** Lends the whole terminal and gives it back as it was, however the program ends. */
export class Screen {
  readonly #streams: TerminalStreams
  readonly #draw: () => void
  readonly #quit: () => void
  #isOpen = false

  /** `draw` is called when the size has changed; `quit` when a person wants to end. */
  constructor(streams: TerminalStreams, draw: () => void, quit: () => void) {
    this.#streams = streams
    this.#draw = draw
    this.#quit = quit
  }

  open(): void {
    const { stdin, stdout } = this.#streams
    this.#enter()
    stdout.on('resize', this.#draw)
    stdin.on('data', this.#onKey)
    process.on('SIGTERM', this.#quit)
    process.on('SIGHUP', this.#quit)
    process.on('SIGINT', this.#quit)
    // also after an error of ours
    process.on('exit', this.#leave)
  }

  close(): void {
    const { stdin, stdout } = this.#streams
    this.#leave()
    stdout.off('resize', this.#draw)
    stdin.off('data', this.#onKey)
    stdin.pause()
    process.off('SIGTERM', this.#quit)
    process.off('SIGHUP', this.#quit)
    process.off('SIGINT', this.#quit)
    process.off('exit', this.#leave)
  }

  /** Over what is there, without clearing first: that would flicker. */
  show(lines: readonly string[]): void {
    if (!this.#isOpen) return
    const text = lines.map(line => `${line}${END_OF_LINE}`).join('\r\n')
    this.#streams.stdout.write(`${HOME}${text}${END_OF_SCREEN}`)
  }

  readonly #enter = (): void => {
    const { stdin, stdout } = this.#streams
    // before anything is drawn: a program in the background is stopped here
    stdin.setRawMode?.(true)
    stdin.resume()
    this.#isOpen = true
    stdout.write(ENTER)
  }

  readonly #leave = (): void => {
    if (!this.#isOpen) return
    this.#isOpen = false
    const { stdin, stdout } = this.#streams
    stdin.setRawMode?.(false)
    stdout.write(LEAVE)
  }

  readonly #onKey = (data: Buffer): void => {
    const key = data.toString('latin1')
    if (key === CTRL_Z) this.#suspend()
    else if (key === 'q' || key === 'Q' || key === CTRL_C) this.#quit()
  }

  #suspend(): void {
    if (process.platform === 'win32') return
    this.#leave()
    process.once('SIGCONT', () => {
      this.#enter()
      this.#draw()
    })
    process.kill(process.pid, 'SIGTSTP')
  }
}
