import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { SHORT } from "@/features/jobs/times";
import { show } from "@/test/show";

import { ErrorTable } from "./ErrorTable";

const GROUP = {
  fingerprint: "f1",
  first_at: "2026-11-21T03:10:00Z",
  last_at: "2026-11-21T20:05:00Z",
  newest: ["01a20309-c383-7c65-8010-dda7d8ff4678"],
  tasks: ["mill.grind"],
  code: "exception",
  type: "builtins.ValueError",
  message: "the wheel is stuck",
};

test("a group shows how its failures lie in the time, and says where most of them are", async () => {
  const bins = Array.from({ length: 24 }, (_, hour) => ({ 3: 1, 20: 4 })[hour] ?? 0);
  show(<ErrorTable groups={[{ ...GROUP, jobs: 5, bins }]} from="2026-11-21T00:00:00Z" to="2026-11-22T00:00:00Z" />);
  const row = within(await screen.findByRole("row", { name: /ValueError/ }));
  const peak = SHORT.formatRange(Date.parse("2026-11-21T20:00:00Z"), Date.parse("2026-11-21T21:00:00Z"));
  const line = row.getByRole("img", { name: `5 failed; most, 4, ${peak}` });
  const heights = [...line.querySelectorAll("rect:last-child")].map((bar) => Number(bar.getAttribute("height")));
  expect(heights).toHaveLength(24);
  expect(heights[20]).toBeGreaterThan(heights[3] ?? 0);
  expect(heights[3]).toBeGreaterThan(0);
  expect(heights[4]).toBe(0);
});
