import { SegmentedControl, Stack, Text } from "@mantine/core";
import { useMemo, useState } from "react";

import type { Fault } from "@/api/problem";

import { FieldInput } from "./FieldInput";
import { JsonEditor } from "./JsonEditor";
import { type JsonSchema, fieldOf } from "./schema";

interface Props {
  schema: JsonSchema | null;
  value: unknown;
  onChange: (value: unknown) => void;
  /** What the server found wrong; pointers count from `at`. */
  faults?: readonly Fault[];
  /** Where the value lies in what is sent: `/input`. */
  at?: string;
  disabled?: boolean;
}

/**
 * A form made from a JSON Schema, and the same value as JSON beside it: what is typed in one is in the other. JSON that
 * can't be read yet stays where it was typed.
 */
export function SchemaForm({ schema, value, onChange, faults = [], at = "", disabled }: Props) {
  const field = useMemo(() => fieldOf(schema ?? {}), [schema]);
  const [wants, setWants] = useState<"form" | "json">("form");
  const [isReadable, setReadable] = useState(true);
  const isOnlyJson = field.kind === "any";
  const view = isOnlyJson ? "json" : wants;
  return (
    <Stack gap="sm">
      {!isOnlyJson && (
        <SegmentedControl
          value={view}
          onChange={(next) => setWants(next as "form" | "json")}
          disabled={!isReadable}
          data={[
            { value: "form", label: "Form" },
            { value: "json", label: "JSON" },
          ]}
          aria-label="How to write it"
          style={{ alignSelf: "flex-start" }}
        />
      )}
      {view === "json" ? (
        <JsonEditor
          value={value}
          onChange={onChange}
          onReadable={setReadable}
          disabled={disabled}
          label={field.title || "Input"}
        />
      ) : (
        <FieldInput
          field={field}
          value={value}
          onChange={onChange}
          faults={faults}
          at={at}
          disabled={disabled}
          isRequired
        />
      )}
      {view === "json" &&
        faults.map(({ pointer, detail }) => (
          <Text key={`${pointer ?? ""}${detail}`} c="red" size="sm" role="alert">
            {pointer ? `${pointer}: ${detail}` : detail}
          </Text>
        ))}
    </Stack>
  );
}
