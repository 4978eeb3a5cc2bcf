import { Checkbox, NumberInput, Select } from "@mantine/core";
import type { ReactNode } from "react";

import type { Fault } from "@/api/problem";

import { JsonEditor } from "./JsonEditor";
import { ListInput } from "./ListInput";
import { MapInput } from "./MapInput";
import { ObjectInput } from "./ObjectInput";
import { TextField } from "./TextField";
import { UnionInput } from "./UnionInput";
import type { Field } from "./schema";

export interface FieldProps {
  field: Field;
  value: unknown;
  onChange: (value: unknown) => void;
  faults: readonly Fault[];
  at: string;
  disabled?: boolean;
  isRequired?: boolean;
}

/** The input that fits a part of the schema. */
export function FieldInput(props: FieldProps): ReactNode {
  const { field, value, onChange, disabled, isRequired } = props;
  const about = { label: field.title || "Value", description: field.description, error: faultAt(props), disabled };
  const words = { ...about, withAsterisk: isRequired && !field.isNullable };
  switch (field.kind) {
    case "text":
      return <TextField {...props} words={words} />;
    case "number":
      return (
        <NumberInput
          {...words}
          value={typeof value === "number" ? value : ""}
          onChange={(next) => onChange(typeof next === "number" ? next : field.isNullable ? null : undefined)}
          allowDecimal={!field.isInteger}
          min={field.min}
          max={field.max}
          clampBehavior="none"
        />
      );
    case "boolean":
      return (
        <Checkbox
          {...about}
          checked={value === true}
          indeterminate={field.isNullable && value === null}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "choice":
    case "fixed":
      return <Choice {...props} words={words} />;
    case "object":
      return <ObjectInput {...props} />;
    case "list":
      return <ListInput {...props} />;
    case "map":
      return <MapInput {...props} />;
    case "union":
      return <UnionInput {...props} />;
    default:
      return <JsonEditor value={value} onChange={onChange} disabled={disabled} label={words.label} />;
  }
}

/** What the server said of this very part; where it lies is to be seen, so the words about that are left out. */
export function faultAt({ faults, at }: Pick<FieldProps, "faults" | "at">): string | undefined {
  const own = faults
    .filter(({ pointer }) => (pointer ?? "") === at)
    .map(({ detail }) => detail.split(`${at}: `).at(-1));
  return own.length > 0 ? own.join("; ") : undefined;
}

function Choice({ field, value, onChange, isRequired, words }: FieldProps & { words: object }) {
  const choices = field.choices ?? [];
  return (
    <Select
      {...words}
      data={choices.map((choice) => String(choice))}
      value={value === undefined || value === null ? null : String(value)}
      onChange={(next) =>
        onChange(next === null ? (field.isNullable ? null : undefined) : choices.find((one) => String(one) === next))
      }
      clearable={field.isNullable || !isRequired}
      readOnly={field.kind === "fixed"}
      searchable={choices.length > 8}
    />
  );
}
