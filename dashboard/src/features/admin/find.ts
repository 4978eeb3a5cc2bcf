/** The words a list is narrowed to, in the URL. */
export interface Find {
  find?: string;
}

/** The router reads `?find=7` as a number: here it is the text again. */
export function readFind({ find }: Record<string, unknown>): Find {
  return { find: typeof find === "string" || typeof find === "number" ? String(find) || undefined : undefined };
}
