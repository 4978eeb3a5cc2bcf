import { Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { type ReactNode, useMemo, useState } from "react";

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
  /** Told false while what is typed as JSON can't be read: then `value` is what it was before, and not to be sent. */
  onReadable?: (isReadable: boolean) => void;
  /** Buttons beside the choice of form or JSON. */
  tools?: ReactNode;
}

/**
 * A form made from a JSON Schema, and the same value as JSON beside it: what is typed in one is in the other. JSON that
 * can't be read yet stays where it was typed.
 */
export function SchemaForm({ schema, value, onChange, faults = [], at = "", disabled, onReadable, tools }: Props) {
  const field = useMemo(() => fieldOf(schema ?? {}), [schema]);
  const [wants, setWants] = useState<"form" | "json">("form");
  const [isReadable, setReadable] = useState(true);
  const isOnlyJson = field.kind === "any";
  const view = isOnlyJson ? "json" : wants;
  return (
    <Stack gap="sm">
      {(!isOnlyJson || tools) && (
        <Group justify="space-between" gap="xs">
          {!isOnlyJson && (
            <SegmentedControl
              value={view}
              onChange={(next) => setWants(next === "json" ? "json" : "form")}
              disabled={!isReadable}
              data={[
                { value: "form", label: "Form" },
                { value: "json", label: "JSON" },
              ]}
              aria-label="How to write it"
            />
          )}
          {tools}
        </Group>
      )}
      {view === "json" ? (
        <JsonEditor
          value={value}
          onChange={onChange}
          onReadable={(next) => {
            setReadable(next);
            onReadable?.(next);
          }}
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
