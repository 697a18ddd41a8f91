import type { ChannelWriter } from './writer.js'

/** Shared by every copy of this package in a process, so that two copies write to one channel. */
const KEY = Symbol.for('orderscope.channel.writer')

const registry = globalThis as { [KEY]?: ChannelWriter | undefined }

/** The channel of this thread; `undefined` while no telemetry has been started. */
export function currentWriter(): ChannelWriter | undefined {
  return registry[KEY]
}

/** Makes `writer` the channel of this thread; `undefined` takes it away. */
export function setCurrentWriter(writer: ChannelWriter | undefined): void {
  registry[KEY] = writer
}
