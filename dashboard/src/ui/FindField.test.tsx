import { MantineProvider } from "@mantine/core";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";

import { FindField } from "./FindField";

/** The field over a list whose words another part of the page may change. */
function List({ onFind }: { onFind: (words: string | undefined) => void }) {
  const [words, setWords] = useState<string | undefined>("weir");
  const find = (next: string | undefined): void => {
    onFind(next);
    setWords(next);
  };
  return (
    <MantineProvider env="test">
      <FindField label="Find a mill" placeholder="Name" value={words} onFind={find} />
      <button onClick={() => setWords("sluice")}>Elsewhere</button>
    </MantineProvider>
  );
}

test("what is typed counts once, after the last key, and the field keeps the focus and the space", async () => {
  const onFind = vi.fn();
  render(<List onFind={onFind} />);
  const field = screen.getByRole("textbox", { name: "Find a mill" });
  await userEvent.type(field, " gate ");
  await waitFor(() => expect(onFind).toHaveBeenCalledWith("weir gate"));
  expect(onFind).toHaveBeenCalledTimes(1);
  expect(field).toHaveFocus();
  expect(field).toHaveValue("weir gate ");
});

test("Enter says it at once, and what changes elsewhere is shown", async () => {
  const onFind = vi.fn();
  render(<List onFind={onFind} />);
  const field = screen.getByRole("textbox", { name: "Find a mill" });
  await userEvent.type(field, "s{Enter}");
  expect(onFind).toHaveBeenLastCalledWith("weirs");
  await userEvent.click(screen.getByRole("button", { name: "Elsewhere" }));
  expect(field).toHaveValue("sluice");
  await userEvent.click(screen.getByRole("button", { name: "Clear find a mill" }));
  await waitFor(() => expect(onFind).toHaveBeenLastCalledWith(undefined));
});
