import { expect, test } from "vitest";

import { blankOf, exampleOf, fieldOf, optionOf } from "./schema";

const BRIEF = {
  type: "object",
  $defs: {
    Tone: { enum: ["plain", "formal"], type: "string", title: "Tone" },
    Node: {
      type: "object",
      title: "Node",
      properties: { next: { anyOf: [{ $ref: "#/$defs/Node" }, { type: "null" }] } },
    },
  },
  properties: {
    topic: { type: "string", minLength: 1, examples: ["Tidal power"] },
    max_words: { type: "integer", minimum: 50, maximum: 500, default: 120 },
    tone: { $ref: "#/$defs/Tone", default: "plain", description: "How it reads" },
    due: { anyOf: [{ type: "string", format: "date-time" }, { type: "null" }], default: null },
    labels: { type: "object", additionalProperties: { type: "string" } },
    tree: { $ref: "#/$defs/Node" },
  },
  required: ["topic"],
};

test("references, choices and 'or null' become inputs", () => {
  const parts = fieldOf(BRIEF).fields ?? [];
  const read = Object.fromEntries(parts.map(({ name, field }) => [name, field()]));
  expect(read.topic).toMatchObject({ kind: "text", title: "Topic", minLength: 1 });
  expect(read.max_words).toMatchObject({ kind: "number", isInteger: true, min: 50, max: 500, title: "Max words" });
  expect(read.tone).toMatchObject({ kind: "choice", choices: ["plain", "formal"], description: "How it reads" });
  expect(read.due).toMatchObject({ kind: "text", format: "date-time", isNullable: true });
  expect(read.labels?.item?.()).toMatchObject({ kind: "text" });
});

test("a schema that refers to itself is read as deep as it is shown", () => {
  const tree = fieldOf(BRIEF)
    .fields?.find(({ name }) => name === "tree")
    ?.field();
  const next = tree?.fields?.[0]?.field();
  expect(next).toMatchObject({ kind: "object", isNullable: true });
  expect(next?.fields?.[0]?.field().kind).toBe("object");
});

test("a form begins with the defaults and with what must be there", () => {
  expect(blankOf(fieldOf(BRIEF))).toEqual({ topic: "", max_words: 120, tone: "plain", due: null });
  expect(exampleOf(fieldOf(BRIEF))).toEqual({ topic: "Tidal power", max_words: 120, tone: "plain", due: null });
});

test("a value says by its fixed part which option of a union it is", () => {
  const shape = (kind: string, own: string) => ({
    type: "object",
    properties: { kind: { const: kind }, [own]: { type: "number" } },
    required: ["kind", own],
  });
  const field = fieldOf({ oneOf: [shape("circle", "radius"), shape("square", "side")] });
  expect(optionOf(field, { kind: "square", side: 2 })).toBe(1);
  expect(optionOf(field, { kind: "circle", radius: 2 })).toBe(0);
  expect(blankOf(field)).toEqual({ kind: "circle" });
});

test("scalars beside each other are told apart by their type", () => {
  const field = fieldOf({ anyOf: [{ type: "integer" }, { type: "string" }] });
  expect(optionOf(field, "ten")).toBe(1);
  expect(optionOf(field, 10)).toBe(0);
});
