/**
 * Takes attributes one by one, so that no object or list has to be made of them: they become bytes at once, or go to a
 * span of the API.
 */
export interface AttributeSink {
  text(name: string, value: string): void
  flag(name: string, value: boolean): void
}

/** Tells the attributes of something. */
export type Describe = (sink: AttributeSink) => void

/** What `describe` tells, as an object of the API. */
export function attributesOf(describe: Describe): Record<string, string | boolean> {
  const attributes: Record<string, string | boolean> = {}
  const put = (name: string, value: string | boolean) => {
    attributes[name] = value
  }
  describe({ text: put, flag: put })
  return attributes
}
