/** What a form begins with, and what can be filled in. */

import { type Field, blankOf, exampleOf } from "@/features/forms/schema";

/** The blank form: defaults, and a place for what must be there. */
export function beginning(field: Field): unknown {
  return blankOf(field);
}

/** The examples of the schema itself; else one of its parts' examples, where a part has any. */
export function examplesOf(field: Field): unknown[] {
  const own = field.examples ?? [];
  if (own.length > 0) return own;
  const made = exampleOf(field);
  return JSON.stringify(made) === JSON.stringify(blankOf(field)) ? [] : [made];
}
