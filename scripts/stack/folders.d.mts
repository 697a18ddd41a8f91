export const ROOT: string
export const STACK: string
export const BIN: string
