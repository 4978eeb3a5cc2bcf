import { Group, NumberInput, Select } from "@mantine/core";

import type { NewSchedule } from "./queries";

interface Props {
  draft: NewSchedule;
  onChange: (part: Partial<NewSchedule>) => void;
}

/** What becomes of times that pass while no process runs. */
export function MissedFields({ draft: { missed, missed_limit }, onChange }: Props) {
  return (
    <Group gap="sm" align="flex-end" grow>
      <Select
        label="Times that are missed"
        description="While no process runs."
        data={[
          { value: "once", label: "are made up for once" },
          { value: "skip", label: "are left out" },
          { value: "all", label: "are all made up for" },
        ]}
        allowDeselect={false}
        value={missed}
        onChange={(next) => {
          if (next === "once" || next === "skip" || next === "all") onChange({ missed: next });
        }}
      />
      {missed === "all" && (
        <NumberInput
          label="At most"
          description="So many of them."
          min={1}
          max={1000}
          allowDecimal={false}
          value={missed_limit}
          onChange={(next) => typeof next === "number" && onChange({ missed_limit: next })}
        />
      )}
    </Group>
  );
}
