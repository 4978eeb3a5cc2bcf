/** A request as it is written in a shell, in Python and in TypeScript; each runs as it stands once the key is set. */

export interface Call {
  method: string;
  /** With the leading slash: `/api/v1/jobs`. */
  path: string;
  body?: unknown;
}

export const LANGUAGES = ["curl", "Python", "TypeScript"] as const;
export type Language = (typeof LANGUAGES)[number];

export function snippet(language: Language, { method, path, body }: Call, base: string): string {
  const url = base + path;
  switch (language) {
    case "curl":
      return curl(method, url, body);
    case "Python":
      return python(method, url, body);
    case "TypeScript":
      return typescript(method, url, body);
  }
}

function curl(method: string, url: string, body: unknown): string {
  const lines = [`curl -X ${method} ${url}`, `-H "Authorization: Bearer $HEADRACE_API_KEY"`];
  if (body !== undefined) {
    lines.push(`-H "Content-Type: application/json"`, `-d '${JSON.stringify(body).replaceAll("'", `'\\''`)}'`);
  }
  return lines.join(" \\\n  ");
}

function python(method: string, url: string, body: unknown): string {
  const lines = ["import json", "import os", "import urllib.request", ""];
  if (body !== undefined) lines.push(`body = ${literal(body)}`);
  lines.push(
    "request = urllib.request.Request(",
    `    ${JSON.stringify(url)},`,
    ...(body === undefined ? [] : ["    data=json.dumps(body).encode(),"]),
    `    headers={"Authorization": f"Bearer {os.environ['HEADRACE_API_KEY']}", "Content-Type": "application/json"},`,
    `    method=${JSON.stringify(method)},`,
    ")",
    "with urllib.request.urlopen(request) as answer:",
    "    print(json.load(answer))",
  );
  return lines.join("\n");
}

function typescript(method: string, url: string, body: unknown): string {
  const lines = [`const answer = await fetch(${JSON.stringify(url)}, {`, `  method: ${JSON.stringify(method)},`];
  lines.push("  headers: {", "    Authorization: `Bearer ${process.env.HEADRACE_API_KEY}`,");
  lines.push(`    "Content-Type": "application/json",`, "  },");
  if (body !== undefined)
    lines.push(`  body: JSON.stringify(${JSON.stringify(body, null, 2).replaceAll("\n", "\n  ")}),`);
  lines.push("});", "console.log(await answer.json());");
  return lines.join("\n");
}

/** JSON as Python writes it. */
function literal(value: unknown, indent = ""): string {
  const inner = `${indent}    `;
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((one) => `${inner}${literal(one, inner)},`).join("\n")}\n${indent}]`;
  }
  if (typeof value === "object") {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    if (entries.length === 0) return "{}";
    const lines = entries.map(([name, one]) => `${inner}${JSON.stringify(name)}: ${literal(one, inner)},`);
    return `{\n${lines.join("\n")}\n${indent}}`;
  }
  return JSON.stringify(value);
}
