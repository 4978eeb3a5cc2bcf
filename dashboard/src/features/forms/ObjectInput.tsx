import { Fieldset, Stack, Text } from "@mantine/core";

import { FieldInput, type FieldProps, faultAt } from "./FieldInput";
import { type Field, isSchema } from "./schema";

/** The parts of an object, one below the other; nested ones in a frame of their own. */
export function ObjectInput({ field, value, onChange, faults, at, disabled }: FieldProps) {
  const own = isSchema(value) ? value : {};
  const shown = (field.fields ?? [])
    .map(({ field: read, ...about }) => ({ ...about, part: read() }))
    .filter(({ name, part }) => !isSettled(part, own[name]));
  const parts = shown.map(({ name, isRequired, part }) => (
    <FieldInput
      key={name}
      field={part}
      value={own[name]}
      onChange={(next) => onChange(withPart(own, name, next))}
      faults={faults}
      at={`${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`}
      disabled={disabled}
      isRequired={isRequired}
    />
  ));
  const wrong = faultAt({ faults, at });
  const body = (
    <Stack gap="sm">
      {field.description && (
        <Text size="sm" c="dimmed">
          {field.description}
        </Text>
      )}
      {parts}
      {wrong && (
        <Text c="red" size="sm" role="alert">
          {wrong}
        </Text>
      )}
    </Stack>
  );
  const isTop = at.split("/").length <= 2;
  return isTop ? body : <Fieldset legend={field.title}>{body}</Fieldset>;
}

/** What can only be what it is already needs no input. */
function isSettled({ kind, choices }: Field, value: unknown): boolean {
  return kind === "fixed" && value !== undefined && choices?.[0] === value;
}

/** What is left empty is left out, so that the schema's default counts. */
function withPart(own: Record<string, unknown>, name: string, next: unknown): Record<string, unknown> {
  if (next !== undefined) return { ...own, [name]: next };
  return Object.fromEntries(Object.entries(own).filter(([key]) => key !== name));
}
