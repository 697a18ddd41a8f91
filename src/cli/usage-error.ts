/** The command line was wrong: its message goes to stderr as it is, and the command ends with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
