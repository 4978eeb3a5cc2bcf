import { expect, test } from "vitest";

import { snippet } from "./snippets";

const CALL = {
  method: "POST",
  path: "/api/v1/jobs",
  body: { task: "demo.add", input: { it: "it's", on: true, none: null, many: [1] } },
};

test("a shell command keeps quotes in texts whole", () => {
  const text = snippet("curl", CALL, "http://127.0.0.1:8000");
  expect(text).toContain("curl -X POST http://127.0.0.1:8000/api/v1/jobs");
  expect(text).toContain(`"it":"it'\\''s"`);
});

test("Python has its own words for true and nothing", () => {
  const text = snippet("Python", CALL, "http://127.0.0.1:8000");
  expect(text).toContain(`"on": True,`);
  expect(text).toContain(`"none": None,`);
  expect(text).toContain("data=json.dumps(body).encode(),");
});

test("a request without a body sends none", () => {
  const call = { method: "GET", path: "/api/v1/jobs" };
  expect(snippet("curl", call, "https://x")).not.toContain("-d");
  expect(snippet("Python", call, "https://x")).not.toContain("data=");
  expect(snippet("TypeScript", call, "https://x")).not.toContain("body:");
});
