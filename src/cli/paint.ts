const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const

/** Colours a text, or leaves it as it is. */
export type Paint = Readonly<Record<keyof typeof codes, (text: string) => string>>

interface ColorStream {
  readonly isTTY?: boolean
  hasColors?(): boolean
}

/** Colours where the stream is a terminal that shows them; Node looks at `NO_COLOR`, `FORCE_COLOR` and `TERM` for it. */
export function paintFor(stream: ColorStream): Paint {
  const isColored = stream.isTTY === true && stream.hasColors?.() === true
  const paint = (code: number) => (text: string) => (isColored ? `\u001b[${code}m${text}\u001b[0m` : text)
  return Object.fromEntries(Object.entries(codes).map(([name, code]) => [name, paint(code)])) as Paint
}
