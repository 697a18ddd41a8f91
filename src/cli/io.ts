/** Where a command writes; `process` is one. */
export interface CliIo {
  readonly stdout: {
    write(text: string): unknown /** Where there is one: a command may read keys. */
    readonly stdin?: NodeJS.ReadStream
  }
  readonly stderr: {
    write(text: string): unknown /** Where there is one: a command may read keys. */
    readonly stdin?: NodeJS.ReadStream
  }
  /** Where there is one: a command may read keys. */
  readonly stdin?: NodeJS.ReadStream
}
