/** Where the URLs in bodies point. */
export interface Links {
  /** The API's base URL, without a final slash. */
  api: string
  /** The base URL that raw files, archives and logs are served from: another origin. */
  files: string
  /** The web site. */
  web: string
}

/** GitHub's older global ids: base64 of 0 and the type's length, the type and the id. */
export function nodeId(type: string, id: number | string): string {
  return Buffer.from(`0${type.length}:${type}${id}`).toString('base64')
}

/** A JSON number with exactly this spelling, such as `1.0` or one above 2^53. */
export function rawNumber(text: string): unknown {
  // In Node since 21; TypeScript's library does not have it yet.
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text)
}
