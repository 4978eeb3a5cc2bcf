import { Select, Stack } from "@mantine/core";
import { useState } from "react";

import { FieldInput, type FieldProps } from "./FieldInput";
import { blankOf, optionOf } from "./schema";

/** One of several shapes: which, and then that one's input. */
export function UnionInput(props: FieldProps) {
  const { field, value, onChange, disabled } = props;
  const [chosen, choose] = useState(() => optionOf(field, value));
  const options = field.options ?? [];
  const option = options[chosen];
  const labels = options.map(({ title, kind }, index) => ({ value: String(index), label: title || kind }));
  return (
    <Stack gap="xs">
      <Select
        label={field.title || "Kind"}
        description={field.description}
        data={labels}
        value={String(chosen)}
        onChange={(next) => {
          const index = Number(next);
          const blank = options[index];
          choose(index);
          if (blank) onChange(blankOf(blank));
        }}
        allowDeselect={false}
        disabled={disabled}
      />
      {option && <FieldInput {...props} field={option} isRequired />}
    </Stack>
  );
}
