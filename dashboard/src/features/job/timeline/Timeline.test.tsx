import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { show } from "@/test/show";

import { attempt, job, step } from "../specimens";
import { Timeline } from "./Timeline";
import { rowsOf } from "./rows";

const rows = rowsOf({
  job: job({}),
  attempts: [attempt(1, 1, 9, "failed"), attempt(2, 12, 20, "completed")],
  steps: [step("read", 1, 2, 5), step("draft", 2, 13, 18)],
  waits: [],
  children: [],
  calls: [],
  events: [],
});

async function open() {
  const onSelect = vi.fn();
  show(<Timeline rows={rows} selected={null} onSelect={onSelect} moment={null} />);
  const list = await screen.findByRole("listbox");
  list.focus();
  return { onSelect, list };
}

test("arrows choose a row and Enter opens it", async () => {
  const { onSelect, list } = await open();
  await userEvent.keyboard("{ArrowDown}{ArrowDown}");
  const active = screen.getByRole("option", { name: /^Step read/ });
  expect(list).toHaveAttribute("aria-activedescendant", active.id);
  await userEvent.keyboard("{Enter}");
  expect(onSelect).toHaveBeenLastCalledWith("step:read");
});

test("keys zoom, and zero shows all again", async () => {
  await open();
  const all = screen.getByRole("button", { name: "Show all (0)" });
  expect(all).toBeDisabled();
  await userEvent.keyboard("+");
  expect(all).toBeEnabled();
  await userEvent.keyboard("0");
  expect(all).toBeDisabled();
});

test("a row says in words what its bar shows", async () => {
  await open();
  expect(
    screen.getByRole("option", { name: "Run 2, completed, waited 3.0 s, began after 12.0 s, took 8.0 s" }),
  ).toBeVisible();
});

test("the same is there as a table", async () => {
  const { onSelect } = await open();
  await userEvent.click(screen.getByText("List"));
  await userEvent.click(await screen.findByRole("button", { name: "Step draft" }));
  expect(onSelect).toHaveBeenLastCalledWith("step:draft");
});
