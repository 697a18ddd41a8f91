/** The programs of the stack and what is built of each. */
export const PROGRAMS: readonly { readonly name: string; readonly release: string }[]
