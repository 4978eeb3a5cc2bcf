import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, expect, test, vi } from "vitest";

import { SchemaForm } from "./SchemaForm";

const SCHEMA = {
  type: "object",
  properties: {
    topic: { type: "string", maxLength: 100 },
    words: { type: "integer", default: 100 },
    parts: {
      type: "array",
      items: { type: "object", properties: { name: { type: "string", maxLength: 50 } }, required: ["name"] },
    },
  },
  required: ["topic"],
};

const changed = vi.fn<(value: unknown) => void>();

beforeEach(() => changed.mockClear());

function Form() {
  const [value, setValue] = useState<unknown>({ topic: "", words: 100 });
  const faults = [{ pointer: "/input/topic", detail: "must not be empty" }];
  return (
    <MantineProvider>
      <SchemaForm
        schema={SCHEMA}
        value={value}
        onChange={(next) => {
          changed(next);
          setValue(next);
        }}
        faults={faults}
        at="/input"
      />
    </MantineProvider>
  );
}

test("what is typed in the form is in the JSON, and the other way round", async () => {
  const person = userEvent.setup();
  render(<Form />);
  await person.type(screen.getByLabelText(/Topic/), "Tides");
  await person.click(screen.getByRole("button", { name: "Add one" }));
  await person.type(screen.getByLabelText(/Name/), "Moon");
  expect(changed).toHaveBeenLastCalledWith({ topic: "Tides", words: 100, parts: [{ name: "Moon" }] });
  await person.click(screen.getByText("JSON"));
  const editor = screen.getByRole("textbox");
  await person.clear(editor);
  await person.click(editor);
  await person.paste('{"topic": "Waves"}');
  expect(changed).toHaveBeenLastCalledWith({ topic: "Waves" });
});

test("JSON that can't be read stays, and the last value that could counts", async () => {
  const person = userEvent.setup();
  render(<Form />);
  await person.click(screen.getByText("JSON"));
  const editor = screen.getByRole("textbox");
  await person.type(editor, "x");
  expect(editor).toHaveAttribute("aria-invalid", "true");
  expect(changed).not.toHaveBeenCalled();
  expect(screen.getByRole("radio", { name: "Form" })).toBeDisabled();
});

test("what the server found wrong stands at its input", () => {
  render(<Form />);
  expect(screen.getByLabelText(/Topic/)).toHaveAccessibleDescription("must not be empty");
});
