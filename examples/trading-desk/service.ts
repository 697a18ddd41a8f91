/** Tells the desk that started this process where it listens; the desk starts the next one with it. */
export function tellListening(url: string): void {
  process.send?.({ listening: url })
}

/** Tells the desk that there is nothing left to do. */
export function tellDone(): void {
  process.send?.({ done: true })
}

/** Ends when the desk says so, or when it is gone. */
export function onEnd(end: () => Promise<void> | void): void {
  let ending = false
  const once = async () => {
    if (ending) return
    ending = true
    await end()
    process.exit(0)
  }
  process.on('SIGTERM', once)
  process.on('SIGINT', once)
  process.on('disconnect', once)
}
