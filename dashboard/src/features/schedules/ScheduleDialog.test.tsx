import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { answering, show } from "@/test/show";

import { ScheduleDialog } from "./ScheduleDialog";

afterEach(() => vi.unstubAllGlobals());

const TIMES: Record<string, string[]> = {
  "0 6 * * mon-fri": ["2026-11-23T06:00:00Z"],
  "0 9 * * *": ["2026-11-24T09:00:00Z", "2026-11-25T09:00:00Z"],
};
const CODE = "/cron: hour 25 is none of 0 to 23";

function open(): void {
  answering({
    "GET /api/v1/tasks": [],
    "GET /api/v1/schedule-times": (request: Request) => {
      const cron = new URL(request.url).searchParams.get("cron") ?? "";
      const times = TIMES[cron];
      if (times) return { times };
      const problem = { code: "invalid_input", detail: CODE, errors: [{ pointer: "/cron", detail: CODE }] };
      return Response.json(problem, { status: 422 });
    },
  });
  show(<ScheduleDialog onClose={() => undefined} onDone={() => undefined} />);
}

async function zoned(timezone: string): Promise<HTMLElement> {
  const zone = await screen.findByRole("combobox", { name: "Time zone" });
  await userEvent.clear(zone);
  await userEvent.type(zone, timezone);
  return screen.getByRole("textbox", { name: /^When/ });
}

test("the next times of what is typed stand by the clocks of its zone and of the reader", async () => {
  open();
  const when = await zoned("Asia/Kathmandu");
  await userEvent.clear(when);
  await userEvent.type(when, "0 9 * * *");
  const times = within(screen.getByRole("region", { name: "Next times" }));
  expect(await times.findByText(/24.*02:45|02:45.*24/)).toBeVisible();
  expect(times.getAllByRole("row")).toHaveLength(3);
  expect(times.getByRole("columnheader", { name: "Asia/Kathmandu" })).toBeVisible();
  expect(times.getByRole("columnheader", { name: "Your time" })).toBeVisible();
});

test("what can't be read is said under its field, in the words of the server", async () => {
  open();
  const when = await screen.findByRole("textbox", { name: /^When/ });
  await userEvent.clear(when);
  await userEvent.type(when, "0 25 * * *");
  expect(await screen.findByText(CODE)).toBeVisible();
  expect(when).toHaveAccessibleDescription(expect.stringContaining(CODE));
  await userEvent.clear(when);
  await userEvent.type(when, "0 9 * * *");
  await waitFor(() => expect(screen.getAllByRole("row")).toHaveLength(3));
  expect(screen.queryByText(CODE)).toBeNull();
});
