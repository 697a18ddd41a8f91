/** What a test changes of a service. */
export interface Change {
  /** Added to the environment. */
  readonly environment?: Readonly<Record<string, string>>
  /** Appended to the arguments. */
  readonly command?: readonly string[]
  /** Files of this machine that it is to see. */
  readonly mounts?: readonly { readonly source: string; readonly target: string }[]
}

export interface StackOptions {
  readonly profiles?: readonly string[]
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly machineNames?: readonly string[]
  readonly changes?: Readonly<Record<string, Change>>
}

export interface Stack {
  readonly services: readonly string[]
  readonly skipped: readonly { readonly name: string; readonly image: string }[]
  start(...names: string[]): Promise<void>
  stop(name: string): Promise<void>
  kill(name: string, signal?: NodeJS.Signals): Promise<void>
  disconnect(name: string): Promise<void>
  connect(name: string): Promise<void>
  states(): Promise<Record<string, { readonly state: string; readonly pid: number }>>
  volume(name: string): string
  log(name: string): string
  publishAll(): Promise<void>
  url(name: string, port: number): Promise<string>
  expose(port: number, local?: number): Promise<void>
  end(): Promise<void>
}

export function createStack(options?: StackOptions): Promise<Stack>
