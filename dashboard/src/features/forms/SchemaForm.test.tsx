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

const text = { type: "string" };
const line = { type: "string", maxLength: 20 };
const SACK = { type: "object", properties: { weight: { type: "number" } }, required: ["weight"] };

/** A part of each kind that a schema may name, each of them once required and once not. */
const KINDS: Record<string, object> = {
  line,
  text,
  secret: { type: "string", writeOnly: true },
  day: { type: "string", format: "date" },
  moment: { type: "string", format: "date-time" },
  number: { type: "number", minimum: 0 },
  whole: { type: "integer" },
  flag: { type: "boolean" },
  maybe: { anyOf: [{ type: "boolean" }, { type: "null" }] },
  choice: { enum: ["rye", "oat"] },
  fixed: { const: "mill" },
  tags: { type: "array", items: line },
  numbers: { type: "array", items: { type: "integer" } },
  sacks: { type: "array", items: SACK, minItems: 1 },
  sack: SACK,
  prices: { type: "object", additionalProperties: { type: "number" } },
  either: { anyOf: [{ type: "integer" }, text] },
  free: {},
};

test.each([true, false])("a form with every kind of field, required or not (%s), shows each of them", (isRequired) => {
  const schema = { type: "object", properties: KINDS, required: isRequired ? Object.keys(KINDS) : [] };
  const value = { numbers: [1], sacks: [{ weight: 2 }], prices: { rye: 3 }, flag: true };
  render(
    <MantineProvider>
      <SchemaForm schema={schema} value={value} onChange={changed} at="/input" />
    </MantineProvider>,
  );
  for (const name of Object.keys(KINDS)) {
    const label = new RegExp(`^${name}( \\*)?$`, "i");
    const shown = [...screen.queryAllByLabelText(label), ...screen.queryAllByRole("group", { name: label })];
    expect(shown, name).not.toEqual([]);
  }
});
