import { Button, Checkbox, Popover, Stack } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";

import { COLUMN_NAMES, colsOf, columnsOf } from "./columns";

interface Props {
  cols: string | undefined;
  onChange: (cols: string | undefined) => void;
}

/** Which columns the table shows. */
export function ColumnMenu({ cols, onChange }: Props) {
  const shown = columnsOf(cols);
  const toggle = (id: string): void => {
    const next = shown.includes(id) ? shown.filter((other) => other !== id) : [...shown, id];
    if (next.length > 0) onChange(colsOf(next));
  };
  return (
    <Popover position="bottom-end" trapFocus shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={14} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={8}>
          {COLUMN_NAMES.map(({ id, label }) => (
            <Checkbox key={id} label={label} checked={shown.includes(id)} onChange={() => toggle(id)} />
          ))}
          {cols && (
            <Button variant="subtle" onClick={() => onChange(undefined)}>
              The usual ones
            </Button>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
