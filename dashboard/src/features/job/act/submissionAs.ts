/** A submission as a command or a program. */

export interface Texts {
  curl: string;
  python: string;
  typescript: string;
}

export function submissionAs(task: string, input: unknown, origin: string): Texts {
  const url = `${origin}/api/v1/tasks/${task}/jobs`;
  const body = JSON.stringify({ input });
  const pretty = JSON.stringify({ input }, null, 2);
  return {
    curl: [
      `curl -X POST ${url} \\`,
      `  -H "Authorization: Bearer $HEADRACE_API_KEY" \\`,
      `  -H "Content-Type: application/json" \\`,
      `  -d '${body.replaceAll("'", "'\\''")}'`,
    ].join("\n"),
    python: [
      "import json",
      "import os",
      "import urllib.request",
      "",
      `body = json.loads(${JSON.stringify(body)})`,
      "request = urllib.request.Request(",
      `    "${url}",`,
      "    data=json.dumps(body).encode(),",
      `    headers={"Authorization": f"Bearer {os.environ['HEADRACE_API_KEY']}", "Content-Type": "application/json"},`,
      ")",
      "print(json.load(urllib.request.urlopen(request)))",
    ].join("\n"),
    typescript: [
      `const answer = await fetch("${url}", {`,
      '  method: "POST",',
      "  headers: {",
      "    Authorization: `Bearer ${process.env.HEADRACE_API_KEY}`,",
      '    "Content-Type": "application/json",',
      "  },",
      `  body: JSON.stringify(${pretty.replaceAll("\n", "\n  ")}),`,
      "});",
      "console.log(await answer.json());",
    ].join("\n"),
  };
}
