/** Whom a budget binds: `installation`, or a kind and a name. */

export const KINDS = {
  installation: "The whole installation",
  app: "An app",
  task: "A task",
  owner: "An owner",
} as const;
export type Kind = keyof typeof KINDS;

export interface Scope {
  kind: Kind;
  name: string;
}

export function scopeOf(text: string): Scope {
  const colon = text.indexOf(":");
  const kind = colon < 0 ? text : text.slice(0, colon);
  return { kind: kind in KINDS ? (kind as Kind) : "installation", name: colon < 0 ? "" : text.slice(colon + 1) };
}

export function textOf({ kind, name }: Scope): string {
  return kind === "installation" ? kind : `${kind}:${name.trim()}`;
}
