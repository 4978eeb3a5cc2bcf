import { expect, test } from "vitest";

import { readAudit } from "./audit";
import { actionWords, targetOf } from "./words";

test("the audit log is narrowed to what the address says, and to nothing that can't be", () => {
  expect(readAudit({ action: "user.changed", target: 7, since: "2026-11-20T08:00:00Z" })).toEqual({
    actor: undefined,
    action: "user.changed",
    target: "7",
    since: "2026-11-20T08:00:00Z",
    until: undefined,
  });
  expect(readAudit({ since: "yesterday-ish", until: 5, action: "" })).toEqual({
    actor: undefined,
    action: undefined,
    target: undefined,
    since: undefined,
    until: undefined,
  });
});

test("acts and targets read as words", () => {
  expect(actionWords("second_factor.codes_renewed")).toBe("second factor codes renewed");
  expect(targetOf("user:0189")).toEqual({ kind: "user", id: "0189" });
  expect(targetOf("everything")).toEqual({ kind: "", id: "everything" });
});
