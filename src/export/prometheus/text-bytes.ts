const FIRST_CAPACITY = 65_536
/** UTF-8 of one UTF-16 unit. */
const MOST_BYTES = 3
/** Shorter texts are written faster by hand. */
const SHORT = 24
const ASCII_LIMIT = 128
const SMALL_COUNT = 2 ** 31

/**
 * Text as bytes from the beginning. Joined strings would be garbage several times the size of a scrape, and its
 * collection takes processor time from the loop: V8's helper threads have no niceness.
 */
export class TextBytes {
  #bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY)
  #length = 0

  get length(): number {
    return this.#length
  }

  text(value: string): void {
    this.#makeRoom(value.length * MOST_BYTES)
    const start = this.#length
    if (value.length > SHORT) {
      this.#length += this.#bytes.write(value, start)
      return
    }
    const bytes = this.#bytes
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (code >= ASCII_LIMIT) {
        this.#length = start + bytes.write(value, start)
        return
      }
      bytes[start + i] = code
    }
    this.#length = start + value.length
  }

  /** A number of measurements. */
  count(value: number): void {
    if (!(value >= 0 && value < SMALL_COUNT) || !Number.isInteger(value)) {
      this.text(String(value))
      return
    }
    let digits = 1
    for (let bound = 10; bound <= value; bound *= 10) digits++
    this.#makeRoom(digits)
    const bytes = this.#bytes
    let rest = value | 0
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      const tenth = (rest / 10) | 0
      bytes[at] = 0x30 + rest - tenth * 10
      rest = tenth
    }
    this.#length += digits
  }

  /** What was written between two lengths, once more. */
  again(start: number, end: number): void {
    this.#makeRoom(end - start)
    this.#bytes.copyWithin(this.#length, start, end)
    this.#length += end - start
  }

  /** What was written since the last time. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length))
    this.#length = 0
    return taken
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow((this.#length + bytes) * 2)
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
