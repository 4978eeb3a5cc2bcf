import { expect, test } from "vitest";

import { programOf } from "./agent";

const EDGE =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0";
const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/604.1";

test("a session reads as a browser on a system", () => {
  expect(programOf(EDGE, "browser")).toBe("Edge on Windows");
  expect(programOf(PHONE, "browser")).toBe("Safari on iPhone");
});

test("what is no browser reads as itself", () => {
  expect(programOf("curl/8.9", "browser")).toBe("curl");
  expect(programOf("importer/2", "browser")).toBe("importer/2");
  expect(programOf(EDGE, "token")).toBe("A program");
  expect(programOf(null, "browser")).toBe("Unknown");
});
