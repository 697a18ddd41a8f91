import type { ExportConfig } from '../channel/export-config.js'
import type { ReaderMessage, WriterMessage } from '../channel/messages.js'

/** Where the reading end of the channel runs. */
export interface ExportHost {
  readonly place: 'thread' | 'loop'
  post(message: WriterMessage): void
  /** Ends it in order, within the bound. */
  end(boundMs: number): Promise<void>
}

/** What a reading end tells of itself. */
export interface ExportHostEvents {
  onMessage(message: ReaderMessage): void
  /** It is gone without having been asked to. */
  onEnd(reason: string): void
}

/** Starts a reading end; throws when that can't be. */
export type StartExportHost = (config: ExportConfig, events: ExportHostEvents) => ExportHost
